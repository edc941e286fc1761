/** A secret is hidden by Belay itself and masked for the runner before anything is printed, and children get only what is theirs. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { allFiles } from "../support/faults-site.ts";
import { Deployment } from "../support/github/deployment.ts";
import type { Job, StepEnd } from "../support/runner.ts";

const PASSWORD = "hünter@two: secret/3";
const ENCODED = encodeURIComponent(PASSWORD);
const KEY = "first-line-of-the-key\n  second-line-of-the-key\nthird-line-of-the-key";

/** All that nobody may see: of the password alone, in a URL, and as a header of basic authentication; of the key each line. */
const FORMS = [
  PASSWORD,
  ENCODED,
  Buffer.from(PASSWORD).toString("base64"),
  Buffer.from(`app:${PASSWORD}`).toString("base64").slice(6, 33),
  ...KEY.split("\n").map((line) => line.trim()),
];

const VARIABLES = {
  PROBE_URL: `http://app:${ENCODED}@127.0.0.1:9/health`,
  SIGNING_KEY: KEY,
  GITHUB_TOKEN: "ghs_of-the-workflow's-env",
  ACTIONS_RUNTIME_TOKEN: "of-the-runner-itself",
};

/** Prints every form on both streams, and lists its own environment. */
const TELL = `#!/bin/sh
env > "env-$1"
decoded='${PASSWORD}'
for stream in 1 2; do
  printf '%s\\n' "$PROBE_URL" "$SIGNING_KEY" "password is $decoded" >&$stream
  printf '%s' "$decoded" | base64 >&$stream
  printf 'app:%s' "$decoded" | base64 >&$stream
done
sleep 0.2
`;

const app = (stop: string) => `app:
  prepare: ./tell prepare
  stop: ./tell stop; ${stop}
  start: ./tell start; echo start >> app.log; test ! -e ill
  previous: ./tell previous; echo previous >> app.log
`;
const CHECKS = `checks:
  after:
    - { name: tells, command: ./tell check; false, warn: true }
    - { name: answers, warn: true, http: "\${PROBE_URL}?key=\${SIGNING_KEY}" }
`;

/** Argument lists of everything that the step runs, as often as they can be read. */
async function argumentsDuring(job: Job, work: Promise<StepEnd>): Promise<{ readonly end: StepEnd; readonly seen: ReadonlySet<string> }> {
  const seen = new Set<string>();
  const timer = setInterval(() => {
    for (const pid of readdirSync("/proc")) if (/^\d+$/.test(pid)) look(pid, job.directory, seen);
  }, 20);
  try {
    return { end: await work, seen };
  } finally {
    clearInterval(timer);
  }
}

function look(pid: string, mark: string, seen: Set<string>): void {
  try {
    if (readFileSync(`/proc/${pid}/environ`, "utf8").includes(mark)) seen.add(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "ENOENT" && code !== "ESRCH" && code !== "EACCES") throw error;
  }
}

/** What was printed but for the commands by which the runner learns its masks. */
function withoutMasks(printed: string): string {
  return printed.replace(/^::add-mask::.*$/gm, "");
}

function expectHidden(what: string, text: string, forms: readonly string[] = FORMS): void {
  for (const form of forms) expect(text.includes(form), `${what} holds ${form}`).toBe(false);
}

async function production(stop: string): Promise<Deployment> {
  const deployment = await Deployment.start({ app: app(stop), more: CHECKS });
  deployment.write("tell", TELL);
  const base = deployment.head();
  const sha = deployment.branch("secrets", () => deployment.write("notes", ""));
  const pull = deployment.github.state.openPull({ author: "bob", branch: "secrets", sha, base });
  deployment.github.state.merge(pull, deployment.merge("secrets"), "alice");
  return deployment;
}

describe.concurrent("a secret", { timeout: 90_000 }, () => {
  test("is masked in every form before anything is printed, and is in no log, output, state, file, comment or argument list", async () => {
    await using deployment = await production("true");
    deployment.write("ill", "");
    await using job = deployment.job({ variables: VARIABLES, identity: { sub: "any" } });
    const steps: readonly Record<string, string>[] = [
      { command: "plan" },
      { comment: "always" },
      { command: "status" },
      { command: "runs" },
    ];
    for (const inputs of steps) {
      const { end, seen } = await argumentsDuring(job, job.run({ ...inputs }));
      const what = inputs["command"] ?? "migrate";
      if (what === "migrate") {
        expect(end.outputs["outcome"], end.log).toBe("undone");
        expect(seen.size, "processes were looked at").toBeGreaterThan(3);
        expect(end.log, "and what commands print is shown otherwise").toContain("password is");
      }
      const masks = end.commands.filter(({ name }) => name === "add-mask").map(({ data }) => data);
      for (const form of FORMS)
        expect(
          masks.some((mask) => form.includes(mask) || mask === form),
          `${what} masks ${form}`,
        ).toBe(true);
      const [beforeAll = ""] = withoutMasks(end.printed.slice(0, end.printed.lastIndexOf("::add-mask::"))).match(/^[^:\n].*$/m) ?? [];
      expect(beforeAll, "nothing is printed before the last mask").toBe("");
      expectHidden(`${what} prints`, withoutMasks(end.printed));
      expectHidden(`the log of ${what}`, end.log);
      expectHidden(`what ${what} hands on`, JSON.stringify([end.outputs, end.state, end.summary, end.annotations.map((each) => each)]));
      for (const line of seen) expectHidden("an argument list", line);
      for (const request of deployment.github.requests) expectHidden("a request", `${request.target} ${request.body}`);
    }
    expect(deployment.github.state.comments).toHaveLength(1);
    for (const file of [...allFiles(deployment.outside), ...allFiles(join(job.directory, "temp"))])
      expectHidden(
        file,
        readFileSync(file, "latin1"),
        FORMS.filter((form) => /^[ -~]*$/.test(form)),
      );
    for (const post of await job.post()) expect(post.log.trim()).toBe("");
  });

  test("of the runner's is no child's: neither inputs, state nor tokens, in main and in post", async () => {
    await using deployment = await production("kill -9 $PPID");
    await using job = deployment.job({ variables: VARIABLES, identity: { sub: "any" } });
    const main = await job.run();
    expect(main.signal, main.log).toBe("SIGKILL");
    const [post] = await job.post();
    expect(post?.status, post?.log).toBe(4);
    expectHidden("post prints", withoutMasks(post?.printed ?? ""));
    for (const child of ["prepare", "stop", "previous"]) {
      const names = deployment
        .read(`env-${child}`)
        .split("\n")
        .map((line) => line.split("=", 1)[0] ?? "");
      expect(names, "what a command is told").toEqual(expect.arrayContaining(["PATH", "BELAY_RUN", "BELAY_DATABASE_PATH", "PROBE_URL"]));
      expect(
        names.filter((name) => /^(INPUT_|ACTIONS_|STATE_|GITHUB_TOKEN$)/.test(name)),
        child,
      ).toEqual([]);
    }
  });
});
