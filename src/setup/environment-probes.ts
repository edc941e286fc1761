/** What an environment needs beside its targets: time, approval, the application's commands, the addresses of health checks. */

import { lookup } from "node:dns/promises";
import type { Environment } from "../config/config.ts";
import type { CheckConfig } from "../domain/check.ts";
import type { CommandLine } from "../domain/command.ts";
import { describeCommand } from "../process/describe-command.ts";
import { appCommand, type AppStep } from "../run/application.ts";
import { failure, messageOf } from "../domain/error.ts";
import { decide } from "../policy/policy.ts";
import type { Ports } from "../run/ports.ts";
import { programOf } from "./command-program.ts";
import { failed, type Flaw, type Probe, skipped, well } from "./probe.ts";
import { RECEIVER_PROBE } from "./receiver-probe.ts";

export interface EnvironmentContext {
  readonly ports: Ports;
  readonly environment: Environment;
}

export const ENVIRONMENT_PROBES: readonly Probe<EnvironmentContext>[] = [
  {
    name: "windows",
    means: "a run is refused now",
    look: async ({ ports, environment }) => {
      if (environment.windows.length === 0) return null;
      const closed = refusalOf("outside-window", environment, ports.now());
      if (closed === null) return well(`open now: ${environment.windows.map(({ text }) => text).join(", ")}`);
      return { outcome: "warned", ...closed };
    },
  },
  {
    name: "approval",
    means: "here a run is refused without a reason, which is journaled",
    look: async ({ ports, environment }) => {
      const needed = refusalOf("approval-needed", environment, ports.now());
      return needed === null ? null : { outcome: "warned", ...needed };
    },
  },
  ...(["prepare", "maintenance-on", "stop", "start", "previous", "maintenance-off"] as const).map(appProbe),
  {
    name: "application",
    means: "while it writes, what a migration left untouched cannot be proven",
    look: async ({ environment: { app } }) => {
      if (app.online)
        return skipped("keeps running (app: online): what it writes meanwhile cannot be told from the migration's own changes");
      if (app.stop !== null && app.start === null && app.previous === null)
        return {
          outcome: "failed",
          code: "no-start",
          detail: "app.stop is given, and neither start nor previous",
          means: "after a run nothing brings the application back",
          hint: "add app.start to belay.yml",
        };
      return app.stop === null ? skipped("no app.stop: Belay stops nothing, and relies on nobody writing meanwhile") : null;
    },
  },
  checksProbe("health", {
    means: "health fails after every migration, and everything is undone",
    checks: ({ checks }) => checks.health,
    none: "no checks.health: whether the application works after a run is not looked at",
  }),
  checksProbe("watch", {
    means: "every round of the watch fails",
    checks: ({ watch }) => watch?.checks.map(({ check }) => check) ?? null,
    none: "",
  }),
  RECEIVER_PROBE,
];

interface ProbedChecks {
  readonly means: string;
  /** null: the part is not in belay.yml. */
  readonly checks: (environment: Environment) => readonly CheckConfig[] | null;
  /** Said where it is, and has no check. */
  readonly none: string;
}

function checksProbe(name: string, { means, checks: checksOf, none }: ProbedChecks): Probe<EnvironmentContext> {
  return {
    name,
    means,
    look: async (context) => {
      const checks = checksOf(context.environment);
      if (checks === null) return null;
      if (checks.length === 0) return skipped(none);
      const flaws: Flaw[] = [];
      for (const check of checks) {
        try {
          await reachable(check, context);
        } catch (error) {
          flaws.push(failed(error));
        }
      }
      const [first] = flaws;
      if (first === undefined) return well(`${checks.map(({ name: check }) => check).join(", ")}; not asked`);
      return { ...first, detail: flaws.map(({ detail }) => detail).join("\n") };
    },
  };
}

function refusalOf(code: string, environment: Environment, now: Date): { code: string; detail: string; hint: string } | null {
  const decision = decide({
    command: "migrate",
    environment,
    now,
    approval: { kind: "nowhere" },
    unmetNeed: null,
    withoutApproval: null,
    again: null,
    earlierFailure: null,
  });
  const reason = decision.allowed ? undefined : decision.reasons.find((each) => each.code === code);
  return reason === undefined ? null : { code, detail: reason.message, hint: reason.hint ?? "" };
}

function appProbe(name: AppStep): Probe<EnvironmentContext> {
  const MEANS: Readonly<Record<AppStep, string>> = {
    prepare: "every run is refused before it changes anything",
    "maintenance-on": "every run ends before the migration: the maintenance page cannot be shown",
    stop: "every run ends before the migration: the application cannot be stopped",
    start: "a migration that went well is undone, because the application does not come back",
    previous: "after a rollback the application stays down",
    "maintenance-off": "after every run the maintenance page stays until somebody takes it away",
  };
  return {
    name: `app.${name.replace("-", ".")}`,
    means: MEANS[name],
    look: async ({ ports, environment }) => {
      const command = name === "previous" ? environment.app.previous : appCommand(environment.app, name);
      if (command === null) return null;
      return well(`${describeCommand(command.command)} (${await find(command.command, ports, environment)}; not run)`);
    },
  };
}

function find(command: CommandLine, ports: Ports, environment: Environment): Promise<string> {
  const { directory } = environment;
  return programOf(command, { directory, variables: ports.childVariables(environment, {}), spawn: ports.spawn });
}

/** Throws where a check could not even be asked. */
async function reachable(check: CheckConfig, { ports, environment }: EnvironmentContext): Promise<void> {
  if (check.kind === "command") await find(check.command, ports, environment);
  if (check.kind !== "http") return;
  const { hostname } = new URL(check.url);
  try {
    await lookup(hostname.replace(/^\[|\]$/g, ""));
  } catch (error) {
    throw unresolved(check.name, hostname, error);
  }
}

function unresolved(name: string, host: string, cause: unknown): Error {
  return failure("host-unknown", `${name}: the name ${host} cannot be looked up here (${messageOf(cause)})`, {
    hint: "checks are asked from where Belay runs: write an address that this machine knows",
    cause,
  });
}
