import { readdirSync, readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { allFiles } from "../support/faults-site.ts";
import { Site } from "../support/faults-site-sqlite.ts";

/** Secrets as people have them, and what of each must never be seen. */
const SECRETS: readonly (readonly [string, string, readonly string[]])[] = [
  ["an at sign, percent-encoded", "hunter%40two%3Asecret", ["hunter%40two%3Asecret", "hunter@two:secret"]],
  ["a colon and a slash", "swordfish:a/b@c-long", ["swordfish:a/b@c-long", encodeURIComponent("swordfish:a/b@c-long")]],
  ["a newline", "first-line-of-key\nsecond-line-of-key", ["first-line-of-key", "second-line-of-key"]],
  ["quotes", `say-"friend"-and-'enter'`, [`say-"friend"-and-'enter'`, `say-\\"friend\\"-and-'enter'`]],
  ["letters of other scripts", "пароль-länger-密码", ["пароль-länger-密码", encodeURIComponent("пароль-länger-密码")]],
];

const ECHO = `printf '%s\\n' "$TOKEN"; printf '%s\\n' "$TOKEN" >&2`;

/** Argument lists of everything that runs, as often as they can be read, while something happens. */
async function argumentsDuring<T>(mark: string, work: Promise<T>): Promise<{ readonly value: T; readonly seen: ReadonlySet<string> }> {
  const seen = new Set<string>();
  const timer = setInterval(() => {
    for (const pid of readdirSync("/proc")) if (/^\d+$/.test(pid)) look(pid, mark, seen);
  }, 5);
  try {
    return { value: await work, seen };
  } finally {
    clearInterval(timer);
  }
}

function look(pid: string, mark: string, seen: Set<string>): void {
  try {
    const line = readFileSync(`/proc/${pid}/cmdline`, "latin1");
    if (readFileSync(`/proc/${pid}/environ`, "latin1").includes(mark)) seen.add(Buffer.from(line, "latin1").toString("utf8"));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "ENOENT" && code !== "ESRCH" && code !== "EACCES") throw error;
  }
}

describe.concurrent("a secret with", () => {
  for (const [form, secret, forms] of SECRETS) {
    test(`${form} is in no output, journal, manifest, state row or argument list, whatever prints it`, { timeout: 60_000 }, async () => {
      using site = new Site({
        app: `app:\n  stop: |\n    echo stop >> app.log\n    ${ECHO}\n  start: |\n    ${ECHO}\n    echo start >> app.log; exit 7\n  previous: |\n    ${ECHO}\n    echo previous >> app.log\n`,
        checks: `checks:\n  after:\n    - { name: prints, command: '${ECHO.replaceAll("'", "''")}; false', warn: true }\n    - { name: answers, warn: true, http: "http://127.0.0.1:9/?token=\${TOKEN}" }\n`,
      });
      const env = { TOKEN: secret };
      for (const args of [
        ["plan", "prod"],
        ["migrate", "prod"],
        ["status", "prod"],
        ["runs", "prod"],
        ["backups", "prod"],
        ["migrate", "prod", "--again", "once more", "--json"],
      ]) {
        const { value: ended, seen } = await argumentsDuring(
          `TOKEN=${Buffer.from(secret).toString("latin1")}`,
          site.start(args, { env }).ended,
        );
        for (const text of forms) {
          expect(ended.stdout + ended.stderr, args.join(" ")).not.toContain(text);
          for (const line of seen) expect(line).not.toContain(text);
        }
        if (args[0] === "migrate") {
          expect(seen.size, "processes were looked at").toBeGreaterThan(0);
          expect(ended.status, ended.stdout + ended.stderr).toBe(4);
        }
      }
      for (const file of allFiles(site.directory)) {
        const content = readFileSync(file, "utf8");
        for (const text of forms) expect(content.includes(text), `${file} holds it`).toBe(false);
      }
    });
  }
});
