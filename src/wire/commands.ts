/** The commands that are carried out on an environment, each loaded only when it is asked for, and the options that each one takes. */

import type { Environment } from "../config/config.ts";
import { DEFAULTS } from "../config/defaults.ts";
import { validDurationMs } from "../config/duration.ts";
import { targetAt } from "../config/target-at.ts";
import type { CommandName, InvocationOptions } from "../domain/invocation.ts";
import type { Result } from "../domain/result.ts";
import type { Target } from "../domain/target.ts";
import type { Ports } from "../run/ports.ts";

type Command = (
  ports: Ports,
  environment: Environment,
  targets: readonly Target[],
  options: InvocationOptions,
  cwd: string,
) => Promise<Result>;

/** Every command that this version has; each is loaded only when it is asked for. */
export const COMMANDS: Partial<Record<CommandName, () => Promise<Command>>> = {
  status: async () => (await import("../run/status.ts")).status,
  plan: async () => {
    const { plan } = await import("../run/look.ts");
    return async (ports, environment, targets, { of, run = null, to = null }) => {
      if (of === undefined) return plan(ports, environment, targets, to);
      const { planRollback } = await import("../run/plan-rollback.ts");
      return planRollback(ports, environment, targets, { run, to });
    };
  },
  runs: async () => (await import("../run/look.ts")).listRuns,
  backups: async () => (await import("../run/look.ts")).listBackups,
  gate: async () => {
    const { gate } = await import("../run/gate.ts");
    return (ports, environment, targets, { fix = false, wait }) =>
      gate(ports, environment, targets, { fix, waitMs: fix || wait !== undefined ? validDurationMs(wait || DEFAULTS.gateWait) : 0 });
  },
  migrate: async () => {
    const { migrate } = await import("../run/migrate.ts");
    return async (
      ports,
      environment,
      targets,
      { digest = null, again = null, withoutApproval = null, to = null, backup = null, verify = true, newTenant },
    ) =>
      newTenant !== undefined
        ? (await import("../run/new-tenant.ts")).makeTenant(ports, environment, targets, { name: newTenant, withoutApproval })
        : migrate(ports, environment, targets, { digest, again, withoutApproval, to, backup, verify });
  },
  rollback: async () => {
    const { rollback } = await import("../run/rollback.ts");
    return (
      ports,
      environment,
      targets,
      { run = null, backup = null, to = null, strategy = null, hook = null, acceptLoss = false, withoutApproval = null },
    ) => rollback(ports, environment, targets, { run, backup, to, strategy, hook, acceptLoss, withoutApproval });
  },
  backup: async () => (await import("../run/backup.ts")).backup,
  verify: async () => {
    const { verify } = await import("../run/verify.ts");
    return async (ports, environment, targets, { run = null, watch = false }) => {
      if (!watch) return verify(ports, environment, targets, run);
      const { verifyWatch } = await import("../run/verify-watch.ts");
      return verifyWatch(ports, environment, targets, run);
    };
  },
  prune: async () => (await import("../run/prune.ts")).prune,
  restore: async () => {
    const { restore } = await import("../run/restore.ts");
    return (ports, environment, targets, { argument = null, into = null, replace = false, withoutApproval = null }, cwd) =>
      restore(ports, environment, targets, {
        backup: argument,
        into: into === null ? null : targetAt(into, cwd),
        replace,
        withoutApproval,
      });
  },
  recover: async () => {
    const { recover } = await import("../run/recover.ts");
    return (ports, environment, targets, { run = null }) => recover(ports, environment, targets, run);
  },
};
