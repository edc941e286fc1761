/** `belay doctor`: tries every part of a configuration, and says of each what it means. Changes nothing but a file that it removes again. */

import { basename, dirname } from "node:path";
import type { Config, Environment } from "../config/config.ts";
import { BelayError } from "../domain/error.ts";
import type { Result } from "../domain/result.ts";
import type { Target } from "../domain/target.ts";
import { emptyTargetResult } from "../run/ending.ts";
import type { Ports } from "../run/ports.ts";
import type { World } from "../world.ts";
import { ENVIRONMENT_PROBES } from "./environment-probes.ts";
import { MACHINE_PROBES } from "./machine-probes.ts";
import { failed, tryAll, type Tried } from "./probe.ts";
import { TARGET_PROBES } from "./target-probes.ts";

/** A configuration that could be read, with all that it names connected. */
export interface Prepared {
  readonly config: Config;
  readonly ports: Ports;
  readonly environment: Environment;
  readonly targets: readonly Target[];
}

/** What is wrong with the command line, not with belay.yml: such errors of `prepare` go on to who asked. */
const OF_THE_COMMAND_LINE = ["environment-needed", "environment-unknown", "target-unknown"];

export async function doctor(world: World, environment: string | null, prepare: () => Promise<Prepared>): Promise<Result> {
  const startedAt = world.now();
  const prepared = await attempt(prepare);
  const tried = "error" in prepared ? await withoutConfiguration(world, prepared.error) : await withConfiguration(world, prepared);
  const reasons = tried.flatMap(({ reason }) => (reason === null ? [] : [reason]));
  const outcome = world.signal.aborted ? "interrupted" : reasons.length === 0 ? "healthy" : "checks-failed";
  return {
    belay: world.belayVersion,
    run: null,
    command: "doctor",
    environment: "error" in prepared ? environment : prepared.environment.name,
    outcome,
    digest: null,
    startedAt: startedAt.toISOString(),
    durationMs: world.now().getTime() - startedAt.getTime(),
    reasons,
    targets: "error" in prepared ? [] : prepared.targets.map((target) => emptyTargetResult(target, outcomeOf(tried, target))),
    parts: tried.map(({ part }) => part),
  };
}

async function attempt(prepare: () => Promise<Prepared>): Promise<Prepared | { readonly error: BelayError }> {
  try {
    return await prepare();
  } catch (error) {
    if (error instanceof BelayError && !OF_THE_COMMAND_LINE.includes(error.code)) return { error };
    throw error;
  }
}

async function withoutConfiguration(world: World, error: BelayError): Promise<readonly Tried[]> {
  const probe = { name: "belay.yml", means: "no command of Belay can begin", look: async () => failed(error) };
  return [...(await tryAll([probe], undefined, null)), ...(await tryMachine(world, world.cwd, null))];
}

async function withConfiguration(world: World, { config, ports, environment, targets }: Prepared): Promise<readonly Tried[]> {
  const others = config.names.length - 1;
  const detail = `${basename(config.file)} is understood, and every variable that ${environment.name} names is set${others === 0 ? "" : ` (${others} other environments are not looked at)`}`;
  const tried: Tried[] = [{ part: { name: "belay.yml", target: null, outcome: "done", detail }, reason: null }];
  tried.push(...(await tryMachine(world, dirname(config.file), config.file)));
  tried.push(...(await tryAll(ENVIRONMENT_PROBES, { ports, environment }, null)));
  for (const target of targets) {
    if (world.signal.aborted) break;
    tried.push(...(await tryAll(TARGET_PROBES, { ports, environment, target, engine: ports.engineOf(target) }, target.name)));
  }
  return tried;
}

function tryMachine(world: World, directory: string, file: string | null): Promise<readonly Tried[]> {
  return tryAll(MACHINE_PROBES, { directory, path: world.variables["PATH"], now: world.now, file }, null);
}

function outcomeOf(tried: readonly Tried[], target: Target): "healthy" | "checks-failed" {
  return tried.some(({ part, reason }) => part.target === target.name && reason !== null) ? "checks-failed" : "healthy";
}
