/** Holding the application: the team's own commands, before, around and after the migration. */

import type { AppConfig } from "../config/config.ts";
import type { CommandConfig } from "../domain/command.ts";
import { failure } from "../domain/error.ts";
import type { StepName } from "../domain/phase.ts";
import type { Target } from "../domain/target.ts";
import type { StartedProcess } from "../domain/started-process.ts";
import { describeCommand } from "../process/describe-command.ts";
import { showOutput } from "./output.ts";
import { interruption, step, type Run, type TargetRun } from "./run.ts";

export type AppStep = Extract<StepName, "prepare" | "maintenance-on" | "stop" | "start" | "previous" | "maintenance-off">;

/** Runs one of the application's commands; without such a command there is no step. Throws `<step>-failed`. */
export async function runAppCommand(run: Run, name: AppStep, options: { readonly interruptible: boolean }): Promise<void> {
  const command = appCommand(run.environment.app, name);
  if (command === null) return;
  const sha = name === "previous" ? run.previousSha : run.sha;
  for (const about of applicationsOf(run)) {
    await step(run, name, about, async () => {
      await runCommand(run, { name, place: placeOf(run, name), command, sha, about, interruptible: options.interruptible });
      return { value: undefined, detail: describeCommand(command.command) };
    });
  }
}

/** The target that each application of a run belongs to; null: the one application stands on all of them. */
export function applicationsOf({ environment, targets }: Run): readonly (TargetRun | null)[] {
  return environment.app.per === "target" ? targets : [null];
}

/** A command of the team's that is part of a step of a target; throws `<step>-failed`. `told`: variables of its own. */
export function runTeamCommand(
  run: Run,
  about: TargetRun,
  name: StepName,
  place: string,
  command: CommandConfig,
  told: Readonly<Record<string, string>> = {},
): Promise<void> {
  return runCommand(run, { name, place, command, sha: run.sha, about, interruptible: true, told });
}

/** The same without a record, for when the journal cannot be written any more and the application must come back all the same. */
export async function runUnrecorded(run: Run, name: Extract<AppStep, "previous" | "maintenance-off">): Promise<void> {
  const command = appCommand(run.environment.app, name);
  if (command === null) return;
  for (const about of applicationsOf(run)) {
    await runCommand(run, { name, place: placeOf(run, name), command, sha: run.previousSha, about, interruptible: false }, false);
  }
}

/** What brings the old version back is `start` where nothing else is said. */
export function appCommand(app: AppConfig, name: AppStep): CommandConfig | null {
  switch (name) {
    case "previous":
      return app.previous ?? app.start;
    case "maintenance-on":
      return app.maintenance?.on ?? null;
    case "maintenance-off":
      return app.maintenance?.off ?? null;
    default:
      return app[name];
  }
}

/** Where the command stands in belay.yml. */
function placeOf({ environment: { app } }: Run, name: AppStep): string {
  return name === "previous" && app.previous === null ? "app.start" : `app.${name.replace("-", ".")}`;
}

interface Asked {
  readonly name: StepName;
  readonly place: string;
  readonly command: CommandConfig;
  readonly sha: string | null;
  /** The target that the command is about; null: the environment. */
  readonly about: TargetRun | null;
  readonly interruptible: boolean;
  readonly told?: Readonly<Record<string, string>>;
}

/** Of what a command printed so much is kept in the journal, in characters: its end. */
const OUTPUT_LIMIT = 32 * 1024;

/** `recorded` false: the journal cannot be written. */
async function runCommand(run: Run, { name, place, command, sha, about, interruptible, told = {} }: Asked, recorded = true): Promise<void> {
  const { ports, environment } = run;
  using output = showOutput(ports, about?.target.name ?? environment.name, name);
  const end = await ports.spawn({
    command: command.command,
    directory: environment.directory,
    variables: ports.childVariables(environment, { ...commandVariables(run, sha, about), ...told }),
    timeoutMs: command.timeoutMs,
    role: name,
    ...(interruptible ? { signal: ports.signal } : {}),
    output: output.show,
    ...(recorded
      ? { record: (started: StartedProcess) => run.journal.append({ type: "process", target: about?.target.name ?? null, started }) }
      : {}),
  });
  if (end.tail !== "" && recorded)
    await run.journal.append({ type: "output", target: about?.target.name ?? null, step: name, text: end.tail.slice(-OUTPUT_LIMIT) });
  if (end.aborted) throw interruption(ports.signal);
  if (end.status === 0) return;
  const how = end.timedOut
    ? `was still running after ${command.timeoutMs / 1000} s and was ended`
    : end.signal === null
      ? `ended with status ${end.status}`
      : `was ended by ${end.signal}`;
  const said = lastLines(ports.redact(end.tail), 3);
  throw failure(`${name}-failed`, `the ${name} command ${how}: ${describeCommand(command.command)}${said === "" ? "" : `\n${said}`}`, {
    hint: `try it by hand in ${environment.directory}; it is ${place} in belay.yml`,
  });
}

/** What commands are told, by environment and never by pasting. One that is about several targets is told of none. */
export function commandVariables(run: Run, sha: string | null, about: TargetRun | null): Readonly<Record<string, string>> {
  const [first, second] = run.targets;
  const only = about ?? (second === undefined ? first : undefined);
  return {
    ...toldOfRun(run, sha),
    BELAY_ENVIRONMENT: run.environment.name,
    ...(only === undefined ? {} : targetVariables(only.target)),
  };
}

/** The run, and the commits that it is between. */
export function toldOfRun({ id, previousSha }: Pick<Run, "id" | "previousSha">, sha: string | null): Readonly<Record<string, string>> {
  return {
    BELAY_RUN: id,
    ...(sha === null ? {} : { BELAY_SHA: sha }),
    ...(previousSha === null ? {} : { BELAY_PREVIOUS_SHA: previousSha }),
  };
}

/** Which target a command is about. */
export function targetVariables({ name, engine, address, tenant }: Target): Readonly<Record<string, string>> {
  return {
    BELAY_TARGET: name,
    ...(tenant === undefined ? {} : { BELAY_SCHEMA: tenant.schema, BELAY_TENANT: tenant.schema }),
    ...(engine === "sqlite" ? { BELAY_DATABASE_URL: `sqlite:${address}`, BELAY_DATABASE_PATH: address } : { BELAY_DATABASE_URL: address }),
  };
}

function lastLines(text: string, count: number): string {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}
