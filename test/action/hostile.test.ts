/** Text from people who want out of their place, wherever a step takes it from: nothing is obeyed, nobody is pinged, no markup breaks out. */

import { describe, expect, test } from "vitest";

import { OUTPUTS } from "../../src/github/inputs.ts";
import { Deployment } from "../support/github/deployment.ts";
import { pullRequestEvent } from "../support/github/events.ts";
import { GITHUB_ACTS_ON, hrefs, rendered } from "../support/rendered-markdown.ts";
import { WEB } from "../support/github/shapes.ts";
import type { StepEnd } from "../support/runner.ts";

/** One line that tries everything; and the same as several, with all that ends a line. */
const LINE = `@acme/dba | <img src=x onerror=alert(1)> </details><script>x</script> [x](http://evil.example) \`@alice\` #1 ::set-output name=a::b ##[set-env name=PATH;]evil \u202e\u2066\u001b[31m\u001b]8;;http://evil.example\u0007`;
const COMMANDS = [
  "::set-output name=outcome::migrated",
  "::add-mask::e",
  "::stop-commands::pause",
  "  ::error file=x::@alice",
  "##[add-mask]a",
  "::save-state name=run::x",
  "::add-path::/evil",
  "::add-matcher::x.json",
  "::group::x",
];
const LINES = ["", ...COMMANDS, LINE, ""].join("\n") + COMMANDS.join("\r") + COMMANDS.map((command) => `\u2028${command}`).join("");
const LONG = LINE.repeat(Math.ceil(100_000 / LINE.length));

/** The name of a file, as git and the system take it. */
const FILE = `001_${LINE.replaceAll("/", "∕").slice(0, 200)}.sql`;
const quoted = (name: string) => `"${name.replaceAll('"', '""').replaceAll("\0", "")}"`;

const TAGS = [
  "a",
  "blockquote",
  "br",
  "code",
  "details",
  "em",
  "h2",
  "h3",
  "h4",
  "hr",
  "input",
  "li",
  "ol",
  "p",
  "pre",
  "strong",
  "summary",
  "table",
  "tbody",
  "td",
  "th",
  "thead",
  "tr",
  "ul",
];

/** Only Belay's own commands were obeyed, and everything that it shows stays what it is. */
function expectHarmless(end: StepEnd): void {
  const own = end.commands.filter(({ name, properties, data }) => {
    if (name === "stop-commands" || /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(name)) return true;
    return name === "add-mask" ? data.length > 30 : (properties["title"] ?? "").startsWith("Belay");
  });
  expect(
    end.commands.filter((command) => !own.includes(command)),
    "obeyed",
  ).toEqual([]);
  expect(end.problems).toEqual([]);
  expect(Object.keys(end.outputs).filter((name) => !OUTPUTS.some((known) => known.name === name))).toEqual([]);
  expect(Object.keys(end.environment)).toEqual([]);
  expect(end.path).toEqual([]);
  for (const text of [end.log, end.outputs["matrix"] ?? "", ...end.annotations.flatMap(({ message, title }) => [message, title ?? ""])])
    expect(text).not.toMatch(/[\u001b\u202e\u2066\u2028\u0007]/u);
  for (const { file } of end.annotations) expect(file ?? "migrations/").toMatch(/^(migrations\/|belay\.yml$)/);
  expectHarmlessMarkdown(end.summary);
}

function expectHarmlessMarkdown(markdown: string): void {
  const shown = rendered(markdown);
  expect([...new Set(shown.tags.map(({ name }) => name))].filter((name) => !TAGS.includes(name))).toEqual([]);
  expect(shown.tags.filter(({ attributes }) => /\son\w+=|javascript:/i.test(attributes))).toEqual([]);
  const open = (name: string) => shown.tags.filter((tag) => tag.name === name && !tag.closing).length;
  const closed = (name: string) => shown.tags.filter((tag) => tag.name === name && tag.closing).length;
  for (const name of ["details", "summary", "table", "tr", "ul", "pre"]) expect(open(name), name).toBe(closed(name));
  expect(hrefs(shown).filter((href) => !href.startsWith(`${WEB}/acme/shop/`))).toEqual([]);
  expect(shown.running.filter((text) => GITHUB_ACTS_ON.test(text.replaceAll(/sha256:[0-9a-f…]+/g, "")))).toEqual([]);
}

const SHOUT = `#!/bin/sh\nprintf '%s\\n' "$(cat shouts)"; printf '%s\\n' "$(cat shouts)" >&2\n`;

async function production(checks: string, stop = "./shout"): Promise<Deployment> {
  const app = `app:\n  stop: ${stop}\n  start: ./shout; test ! -e ill\n  previous: ./shout\n`;
  const deployment = await Deployment.start({
    app,
    more: checks,
    migrations: { [FILE]: "create table a(b);\ninsert into a values (1);\n" },
  });
  deployment.write("shout", SHOUT);
  deployment.write("shouts", LINES);
  return deployment;
}

/** A step for a pull request that somebody made of a hostile branch, and what it says in the end. */
async function pullStep(deployment: Deployment, inputs: Record<string, string>): Promise<StepEnd> {
  const { state } = deployment.github;
  deployment.git("checkout", "--quiet", "main");
  const base = deployment.head();
  const pull =
    state.pulls[0] ?? state.openPull({ author: "mallory", branch: BRANCH, sha: deployment.branch(BRANCH, () => undefined), base });
  const event = pullRequestEvent(deployment.github, pull, deployment.checkOutPull(BRANCH, pull.number));
  return deployment.step({ comment: "always", ...inputs }, { event });
}

const BRANCH = "x/@alice-<b>-|-`id`-$(id)-&#64;bob-\"'";

describe.concurrent("hostile text", { timeout: 90_000 }, () => {
  test("in names, in data, and in what commands print: of a run that ends well, and of every look at it afterwards", async () => {
    const checks = [
      { name: LINE, sql: "select 1", expect: 1 },
      { name: LINES, sql: `select ${`'${LINE.replaceAll("'", "''")}'`}` },
      { name: LONG, command: "./shout; false", warn: true },
    ];
    await using deployment = await production(
      `checks: { after: ${JSON.stringify(checks)} }\nchecklist: ${JSON.stringify([LINE, LINES])}\n`,
    );
    deployment.commit("Hostile");
    for (const command of ["plan", "migrate", "status", "runs", "backups", "verify"]) {
      const end = await pullStep(deployment, { command });
      expect(end.status, end.log.slice(0, 5_000)).toBe(0);
      expectHarmless(end);
    }
    const [comment, another] = deployment.github.state.comments;
    expect(another).toBeUndefined();
    expectHarmlessMarkdown(comment?.body ?? "");
    expect(comment?.body.length).toBeLessThanOrEqual(65_536);
    expect(deployment.state()).toBe("new");
  });

  test.for([
    ["the error of a statement", `select * from ${quoted(LINES)};\n`],
    ["an error of 100 kB", `select * from ${quoted(LONG)};\n`],
    [
      "what a trigger raises",
      `create trigger t before insert on a begin select raise(abort, '${LINES.replaceAll("'", "''").replaceAll("\0", "")}'); end;\ninsert into a values (2);\n`,
    ],
  ] as const)("in %s: of a run that is undone", async ([, sql]) => {
    await using deployment = await production("");
    deployment.migration("002_bad.sql", sql);
    deployment.commit("Bad");
    const end = await pullStep(deployment, {});
    expect(end.status, end.log.slice(0, 5_000)).toBe(4);
    expectHarmless(end);
    expectHarmlessMarkdown(deployment.github.state.comments[0]?.body ?? "");
    expect(end.annotations.find(({ level }) => level === "error")).toMatchObject({ file: "migrations/002_bad.sql" });
    expect(deployment.state()).toBe("old");
  });

  test("in an application that does not start, and in what post prints of it", async () => {
    await using deployment = await production("", "./shout; kill -9 $PPID");
    deployment.write("shout", `${SHOUT}test ! -e ill\n`);
    deployment.commit("Ill");
    await using job = deployment.job();
    expectHarmless(await job.run());
    deployment.write("ill", "");
    for (const end of await job.post()) {
      expect(end.status, end.log).toBe(5);
      expectHarmless(end);
    }
  });

  test("in inputs and in belay.yml that are wrong", async () => {
    await using deployment = await production("");
    deployment.commit("Right");
    for (const inputs of [
      { environment: LINES },
      { command: LINES },
      { digest: LINES },
      { target: LINE },
      { [LINE]: "x" },
      { config: LINES },
      { again: LONG, run: LINES },
    ]) {
      const end = await deployment.step(inputs);
      expect([2, 3], end.log.slice(0, 2_000)).toContain(end.status);
      expectHarmless(end);
    }
    deployment.write("belay.yml", JSON.stringify({ environments: { [LINES]: { target: LINE, data: LONG, [LINES]: 1 } } }));
    deployment.commit("Wrong");
    const end = await deployment.step();
    expect(end.status, end.log.slice(0, 2_000)).toBe(2);
    expectHarmless(end);
  });

  test("would be found: markup, mentions and commands that broke out", () => {
    for (const text of ["<img src=x>", "</details>", "<details>", "[x](http://evil.example)", "ask @alice"]) {
      expect(() => expectHarmlessMarkdown(text), text).toThrow();
    }
  });
});
