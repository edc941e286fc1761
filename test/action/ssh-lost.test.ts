/** A server that is lost for good: nobody here knows how it ended, and nobody may say that nothing happened. */

import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { ProgressEvent } from "../../src/domain/progress.ts";
import { writeCredentials } from "../../src/ssh/credentials.ts";
import { destinationOf } from "../../src/ssh/destination.ts";
import { performOverSsh } from "../../src/ssh/perform.ts";
import type { World } from "../../src/world.ts";
import { Deployment } from "../support/github/deployment.ts";
import { SshServer } from "../support/sshd.ts";

const WAIT = "echo $PPID > waits; until test -e go; do sleep 0.05; done";
const HELLO = 'belay-ssh {"type":"hello","protocol":1,"belay":"0.0.0","session":"s"}';

let temporary: string;
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), "belay-lost-"));
});
afterEach(() => rmSync(temporary, { recursive: true }));

describe("a server that is lost for good", { timeout: 60_000 }, () => {
  test.for([
    { command: "migrate", ends: "needs-attention" },
    { command: "plan", ends: "thrown" },
  ] as const)("leaves $command $ends, with what to do, and what runs there goes on to its end", async ({ command, ends }) => {
    await using deployment = await Deployment.start({
      app: `app:
  stop: ${WAIT}
  start: "true"
`,
    });
    await using server = await SshServer.start();
    const folder = join(deployment.outside, "srv");
    mkdirSync(folder);
    cpSync(join(deployment.directory, "migrations"), join(folder, "migrations"), { recursive: true });
    if (command === "plan") server.install(`#!/bin/sh\necho '${HELLO}'\ntouch '${folder}/waits'\nexec sleep 5\n`);
    const { ssh = "", "ssh-key": key = "", "known-hosts": knownHosts = "" } = server.inputs(folder);
    const destination = destinationOf(ssh);
    if (destination === null) throw new RangeError(`no destination: ${ssh}`);
    const sha = deployment.head();
    const told: ProgressEvent[] = [];
    const perform = performOverSsh({
      destination,
      files: await writeCredentials({ key, knownHosts }, temporary, () => undefined),
      program: "/usr/bin/ssh",
      variables: process.env,
      directory: folder,
      keepSession: () => undefined,
      unfinished: null,
      againMs: 1_500,
      beginOf: (invocation) => {
        const text = readFileSync(join(deployment.directory, "belay.yml"), "utf8");
        const policy = { sha, branch: "main", path: "belay.yml", text, isCheckout: true };
        return Promise.resolve({ type: "begin", invocation, directory: folder, variables: {}, sha, repositoryId: 1, policy });
      },
    });
    const asked = perform({ command, environment: "prod", config: null, targets: [], options: {} }, world(told)).catch(
      (error: unknown) => error,
    );
    await deployment.until("the moment", () => existsSync(join(folder, "waits")));
    await server.unplug();
    const end = await asked;
    expect(end).toMatchObject(
      ends === "thrown"
        ? { code: "ssh-lost", hint: expect.stringContaining("belay status") as string }
        : { outcome: "needs-attention", run: expect.any(String) as string, reasons: [{ code: "ssh-lost" }] },
    );
    expect(told).toContainEqual(expect.objectContaining({ type: "notice", message: expect.stringContaining("goes on there") as string }));
    writeFileSync(join(folder, "go"), "");
    if (command === "migrate") {
      await deployment.until("the end", () => deployment.phase() === "ended");
      expect(deployment.state()).toBe("new");
    }
  });
});

function world(told: ProgressEvent[]): World {
  return {
    cwd: temporary,
    variables: {},
    now: () => new Date(),
    random: (bytes) => new Uint8Array(bytes),
    progress: (event) => void told.push(event),
    signal: new AbortController().signal,
    belayVersion: "0.0.0",
    onGitHub: true,
    github: null,
    hide: () => undefined,
  };
}
