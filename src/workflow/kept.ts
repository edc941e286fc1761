/** What main keeps for post, in the runner's state and in a file beside it. */

import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { COMMANDS, type CommandName, type Invocation } from "../domain/invocation.ts";
import type { Runner } from "../github/runner.ts";
import type { PolicyFile } from "../world.ts";

/** Of the invocation what a recovery needs. */
export type KeptInvocation = Pick<Invocation, "command" | "environment" | "config" | "targets">;

export function keepInvocation(runner: Runner, { command, environment, config, targets }: KeptInvocation): void {
  runner.save("invocation", JSON.stringify({ command, environment, config, targets }));
}

/** null: main did not get as far as knowing what to do. */
export function keptInvocation(runner: Runner): KeptInvocation | null {
  const text = runner.saved("invocation");
  if (text === null) return null;
  const kept: Record<string, unknown> = Object(JSON.parse(text));
  const command = COMMANDS.find((name): name is CommandName => name === kept["command"]);
  if (command === undefined) return null;
  const { environment, config, targets } = kept;
  return {
    command,
    environment: typeof environment === "string" ? environment : null,
    config: typeof config === "string" ? config : null,
    targets: Array.isArray(targets) ? targets.filter((target) => typeof target === "string") : [],
  };
}

/** Keeps the policy that a run began with: GitHub may be down when it is to be recovered, and the way back must not need it. */
export async function keepPolicy(runner: Runner, folder: string, policy: PolicyFile): Promise<void> {
  const text = JSON.stringify(policy);
  const path = join(folder, `belay-policy-${digestOf(text).slice(0, 16)}.json`);
  await writeFile(path, text, { mode: 0o600 });
  runner.save("policy", `${digestOf(text)} ${path}`);
}

/** null where none was kept, or where it is no longer what was kept. */
export async function keptPolicy(runner: Runner): Promise<PolicyFile | null> {
  const [digest, ...path] = (runner.saved("policy") ?? "").split(" ");
  if (path.length === 0) return null;
  try {
    const text = await readFile(path.join(" "), "utf8");
    const kept: PolicyFile = JSON.parse(text);
    return digestOf(text) === digest ? kept : null;
  } catch {
    return null; // it is then asked for again
  }
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
