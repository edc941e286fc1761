/** A step whose Belay runs on a server: the built action, a real sshd, and the database where the job is not. */

import assert from "node:assert/strict";
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { Deployment, type DeploymentSettings, type PushSettings, reportOf } from "../support/github/deployment.ts";
import type { Result } from "../../src/domain/result.ts";
import type { StepEnd } from "../support/runner.ts";
import { sshAgent, SshServer } from "../support/sshd.ts";

const SECRET = "hunter2-is-no-password";
const ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n;\n";
/** Says that it was reached, and goes on when it is told to. */
const WAIT = "echo $PPID > waits; until test -e go; do sleep 0.05; done";

let server: SshServer;
beforeAll(async () => {
  server = await SshServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

const app = (stop = "true") =>
  `app:\n  stop: |\n    echo stop >> app.log\n    ${stop}\n  start: echo start >> app.log\n  previous: echo previous >> app.log\n`;

/** A deployment whose migrations lie on the server, in a folder that the job does not have; belay.yml is in the repository alone. */
class Served implements AsyncDisposable {
  readonly folder: string;
  readonly deployment: Deployment;

  private constructor(deployment: Deployment) {
    this.deployment = deployment;
    this.folder = join(deployment.outside, "srv");
    mkdirSync(this.folder);
    cpSync(join(deployment.directory, "migrations"), join(this.folder, "migrations"), { recursive: true });
  }

  static async start(settings: DeploymentSettings = {}): Promise<Served> {
    return new Served(await Deployment.start({ app: app(), ...settings }));
  }

  async step(
    inputs: Readonly<Record<string, string>> = {},
    settings: PushSettings = {},
  ): Promise<StepEnd & { readonly report: Result | null }> {
    await using job = this.deployment.job(settings);
    const end = await job.run({ ...server.inputs(this.folder), ...inputs });
    for (const post of await job.post()) assert.equal(post.status, 0, post.printed);
    assert.deepEqual(keysIn(job.directory), []);
    return { ...end, report: (end.outputs["report"] ?? "") === "" ? null : reportOf(end) };
  }

  told(): string {
    return readFileSync(join(this.folder, "app.log"), "utf8").trim().replaceAll("\n", " ");
  }

  async reached(): Promise<number> {
    const path = join(this.folder, "waits");
    await this.deployment.until("the moment", () => existsSync(path) && readFileSync(path, "utf8").endsWith("\n"));
    return Number(readFileSync(path, "utf8"));
  }

  go(): void {
    writeFileSync(join(this.folder, "go"), "");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.deployment[Symbol.asyncDispose]();
  }
}

/** Nothing of the key stays with the job. */
function keysIn(directory: string): readonly string[] {
  return globSync("temp/belay-ssh-*", { cwd: directory });
}

describe.concurrent("a step with ssh", { timeout: 60_000 }, () => {
  test("migrates on the server, shows it here as it happens, and gives the same outputs, summary and status", async () => {
    await using served = await Served.start();
    const end = await served.step();
    expect({ status: end.status, problems: end.problems }, end.log).toEqual({ status: 0, problems: [] });
    expect(end.outputs).toMatchObject({ outcome: "migrated", applied: "2", pending: "0" });
    expect(end.log).toMatch(/✔ backup[\s\S]*✔ migrate[\s\S]*✔ verify/);
    expect(end.summary).toContain("002_reviews");
    expect(end.report).toMatchObject({ outcome: "migrated", policy: { path: "belay.yml" } });
    expect(served.deployment.state()).toBe("new");
    expect(served.told()).toBe("stop start");
  });

  test("puts everything back where a migration fails, and ends with a failure", async () => {
    await using served = await Served.start({ migrations: { "001_bad.sql": "create table a(b);\nupdate nowhere set b = 1;\n" } });
    const end = await served.step();
    expect(end.status, end.log).toBe(4);
    expect(end.outputs).toMatchObject({ outcome: "undone" });
    expect(end.summary).toContain("no such table: nowhere");
    expect(served.deployment.state()).toBe("old");
    expect(served.told()).toBe("stop previous");
  });

  test("tells what is wrong with belay.yml as a step here does", async () => {
    await using served = await Served.start({ more: "colour: blue\n" });
    const end = await served.step();
    expect(end.status, end.log).toBe(2);
    expect(end.annotations).toEqual([expect.objectContaining({ file: "belay.yml", message: expect.stringContaining("colour") as string })]);
  });

  test.for([
    { name: "the host key is another", change: () => ({ "known-hosts": server.knownHosts("stranger") }), code: "ssh-host-key" },
    { name: "the key is another", change: () => ({ "ssh-key": server.key("stranger") }), code: "ssh-denied" },
    { name: "the key is none", change: () => ({ "ssh-key": "nothing of the kind" }), code: "ssh-key-unreadable" },
    { name: "nobody listens", change: () => ({ ssh: "deploy@127.0.0.1:1" }), code: "ssh-unreachable" },
    { name: "the directory is not there", change: () => ({ "ssh-directory": "/nowhere/at/all" }), code: "ssh-directory" },
  ])("refuses where $name, and touches nothing", async ({ change, code }) => {
    await using served = await Served.start();
    const end = await served.step(change());
    expect(end.status, end.log).toBe(3);
    expect(end.report?.reasons.map((reason) => reason.code)).toEqual([code]);
    expect(served.deployment.state()).toBe("old");
    expect(existsSync(join(served.folder, "app.log"))).toBe(false);
  });

  test("is refused for an environment with approvals: the server could not prove them", async () => {
    await using served = await Served.start({ more: "approvals: { by: environment }\n" });
    const end = await served.step();
    expect(end.status, end.log).toBe(3);
    expect(end.report?.reasons.map(({ code }) => code)).toEqual(["ssh-with-approvals"]);
  });

  test("holds to belay.yml of the default branch, whatever lies in the checkout and on the server; added checks are asked, too", async () => {
    await using served = await Served.start();
    const { deployment, folder } = served;
    const main = deployment.head();
    writeFileSync(join(folder, "belay.yml"), "environments: { prod: { target: sqlite:/nowhere/server.db, migrate: sql } }\n");
    deployment.branch("side", () => {
      const added = "checks: { after: [{ name: side, sql: select count(*) from bookings, expect: 1 }] }\n";
      deployment.configure(`target: sqlite:${deployment.database}\nmigrate: sql\n${added}`);
    });
    const end = await served.step({}, { branch: "side" });
    expect(end.status, end.log).toBe(4);
    expect(end.report?.policy).toMatchObject({ sha: main, branch: "main", addedChecks: ["side"] });
    expect(served.told()).toBe("stop previous"); // the side branch has no app
    expect(deployment.state()).toBe("old");
  });

  test("asks GitHub from here whether the environment that must come first was deployed", async () => {
    await using served = await Served.start();
    const { deployment } = served;
    const staging = `  staging: { target: "sqlite:${join(deployment.outside, "staging.db")}", migrate: sql, github-environment: stage }\n`;
    deployment.write("belay.yml", `${deployment.read("belay.yml")}    needs: staging\n${staging}`);
    deployment.commit("Staging first");
    const refused = await served.step({ environment: "prod" });
    expect(refused.status, refused.log).toBe(3);
    expect(refused.report?.reasons.map(({ code }) => code)).toEqual(["needs-unmet"]);
    const { state } = deployment.github;
    state.setDeployment(state.deploy({ sha: deployment.head(), environment: "stage" }), "success");
    const end = await served.step({ environment: "prod" });
    expect({ status: end.status, state: deployment.state() }, end.log).toEqual({ status: 0, state: "new" });
  });

  test.for([
    { inputs: { "known-hosts": "" }, told: "known-hosts" },
    { inputs: { "ssh-directory": "app" }, told: "ssh-directory" },
    { inputs: { ssh: "-oProxyCommand=touch@host" }, told: "user@host" },
    { inputs: { ssh: "host" }, told: "user@host" },
    { inputs: { ssh: "" }, told: "without the input ssh" },
    { inputs: { "ssh-key": "" }, told: "no ssh-key" },
  ])("is a usage error with $inputs", async ({ inputs, told }) => {
    await using served = await Served.start();
    const end = await served.step(inputs);
    expect(end.status, end.log).toBe(2);
    expect(end.log).toContain(told);
  });

  test("takes only the variables that the environment names along, and no secret into a list of processes, a log or a file", async () => {
    const look = "env > seen; cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' > ps || true";
    await using served = await Served.start({
      app: app(look),
      more: `checks: { health: { http: "http://127.0.0.1:1/\${DEPLOY_TOKEN}", within: 1s } }\n`,
    });
    await using job = served.deployment.job({ secrets: [SECRET] });
    const end = await job.start(server.inputs(served.folder), { DEPLOY_TOKEN: SECRET, OTHER: "not-named-anywhere" }).ended;
    expect(end.status, end.log).toBe(4); // nobody answers at that address
    const seen = readFileSync(join(served.folder, "seen"), "utf8");
    expect(seen).toContain(`DEPLOY_TOKEN=${SECRET}`);
    expect(seen).not.toContain("OTHER=");
    expect(seen).not.toMatch(/^INPUT_|^GITHUB_TOKEN|^SSH_AUTH_SOCK/m);
    const key = server.key("user").split("\n")[2] ?? "";
    const processes = readFileSync(join(served.folder, "ps"), "utf8");
    expect(processes).toContain("ssh-session");
    for (const text of [
      processes,
      end.log,
      end.printed.replaceAll(/^::add-mask::.*$/gm, ""),
      readFileSync(end.outputs["report"] ?? "", "utf8"),
      end.summary,
    ]) {
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(key);
    }
    expect(keysIn(job.directory)).toEqual([]);
  });

  test("takes the key from an agent where the step gives none, and forwards that agent to nobody", async () => {
    await using served = await Served.start({ app: app("env > seen") });
    using agent = sshAgent(join(server.directory, "user"));
    await using job = served.deployment.job();
    const end = await job.start({ ...server.inputs(served.folder), "ssh-key": "" }, { SSH_AUTH_SOCK: agent.socket }).ended;
    expect(end.status, end.log).toBe(0);
    expect(readFileSync(join(served.folder, "seen"), "utf8")).not.toContain("SSH_AUTH_SOCK");
  });

  test("goes on when the connection breaks, and the step comes back for the end", async () => {
    await using served = await Served.start({ app: app(WAIT) });
    await using own = await SshServer.start();
    await using job = served.deployment.job();
    const step = job.start(own.inputs(served.folder));
    await served.reached();
    own.cut();
    await step.prints("the run goes on there");
    served.go();
    const end = await step.ended;
    expect(end.status, end.log).toBe(0);
    expect(end.outputs).toMatchObject({ outcome: "migrated", applied: "2" });
    expect(served.deployment.state()).toBe("new");
    expect(await job.post()).toEqual([expect.objectContaining({ status: 0 })]);
  });

  test("finishes the run where Belay was killed on the server", async () => {
    await using served = await Served.start({ app: app(WAIT) });
    await using job = served.deployment.job();
    const step = job.start(server.inputs(served.folder));
    process.kill(await served.reached(), "SIGKILL");
    const end = await step.ended;
    expect(end.status, end.log).toBe(4);
    expect(end.log).toContain("ended without a word");
    expect(reportOf(end)).toMatchObject({ command: "recover", outcome: "undone" });
    expect(served.deployment.state()).toBe("old");
    expect(served.told()).toBe("stop previous");
  });

  test("takes back what was begun when the job is cancelled, and leaves nothing for post", async () => {
    await using served = await Served.start({ migrations: { "001_endless.sql": `create table a(b);\n${ENDLESS}` } });
    await using job = served.deployment.job({ cancelScale: 1 });
    const step = job.start(server.inputs(served.folder));
    await served.deployment.until("the migration", () => served.deployment.phase() === "migrating");
    const end = await step.cancel();
    expect(end.status, end.log).toBe(4);
    expect(end.outputs).toMatchObject({ outcome: "undone" });
    expect(keysIn(job.directory)).toEqual([]);
    for (const post of await job.post()) expect(post.log).toBe("");
    expect(served.deployment.state()).toBe("old");
  });

  test("is settled by post where the runner killed it", async () => {
    await using served = await Served.start({ migrations: { "001_endless.sql": `create table a(b);\n${ENDLESS}` } });
    await using job = served.deployment.job();
    const step = job.start(server.inputs(served.folder));
    await served.deployment.until("the migration", () => served.deployment.phase() === "migrating");
    process.kill(step.pid, "SIGKILL");
    await step.ended;
    expect(keysIn(job.directory)).not.toEqual([]);
    const [post] = await job.post();
    expect(post?.status, post?.log).toBe(4);
    expect(post?.log).toContain("finishing it now");
    expect(keysIn(job.directory)).toEqual([]);
    expect(served.deployment.state()).toBe("old");
    expect(served.told()).toBe("stop previous");
  });
});

describe("what a server offers", { timeout: 60_000 }, () => {
  test("may be this one thing: a key that is bound to one directory and can do nothing else", async () => {
    await using served = await Served.start();
    server.restrict(`restrict,command="${server.programs}/belay ssh-session ${served.folder}"`);
    try {
      const end = await served.step();
      expect(end.status, end.log).toBe(0);
      const kept = () => globSync("state/belay/sessions/*/end.json", { cwd: server.directory });
      await expect.poll(kept, { message: "an end that was received is not kept" }).toEqual([]);
      const elsewhere = await served.step({ command: "plan", "ssh-directory": "/" });
      expect(elsewhere.report?.reasons.map(({ code }) => code)).toEqual(["ssh-directory"]);
    } finally {
      server.restrict("");
    }
  });

  test.for([
    { name: "nothing", script: null, code: "ssh-without-belay" },
    {
      name: "a Belay that does not know of jobs",
      script: '#!/bin/sh\necho "there is no command \\"$1\\"" >&2; exit 2\n',
      code: "ssh-without-belay",
    },
    {
      name: "a Belay that says other things",
      script: '#!/bin/sh\necho welcome; echo \'belay-ssh {"type":"hello","protocol":2,"belay":"9.0.0","session":"s"}\'; cat\n',
      code: "ssh-version",
    },
  ])("may be $name, and then the step says what to do", async ({ script, code }) => {
    await using served = await Served.start();
    const there = readFileSync(join(server.programs, "belay"), "utf8");
    server.install(script);
    try {
      const end = await served.step();
      expect(end.status, end.log).toBe(3);
      expect(end.report?.reasons.map((reason) => reason.code)).toEqual([code]);
      expect(end.report?.reasons[0]?.hint).toContain("docs/single-executable.md");
    } finally {
      server.install(there);
    }
  });
});
