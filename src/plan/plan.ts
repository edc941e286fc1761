/** A plan: pure data that says what would happen, made from configuration and observed facts. Running interprets it. */

import type { Environment } from "../config/config.ts";
import type { Reason } from "../domain/error.ts";
import type { Finding, Migration } from "../domain/migration.ts";
import type { Identity, Target } from "../domain/target.ts";
import type { BoundFields } from "../domain/bound-fields.ts";
import { boundFields, digestOf, policyDigest } from "./digest.ts";

/** What was seen of one target, without changing anything. */
export interface ObservedTarget {
  readonly target: Target;
  readonly identity: Identity;
  readonly engineVersion: string;
  /** Of its structure: of a thousand targets nobody could keep the structures themselves. */
  readonly schemaDigest: string;
  readonly sizeBytes: number;
  /** Why no copy of it can be made beside it; null: nothing speaks against it. */
  readonly copyObstacle: string | null;
  readonly applied: readonly string[];
  readonly pending: readonly Migration[];
  readonly withoutFile: readonly string[];
  readonly obstacles: readonly Reason[];
  readonly findings: readonly Finding[];
}

export interface PlannedTarget extends ObservedTarget {
  /** Of the plan of this target alone. */
  readonly digest: string;
  readonly proof: "restore" | "read";
  /** A copy will lie beside the target, ready to take its place. */
  readonly clone: boolean;
  /** What the run will not be able to prove, and why. */
  readonly unprovable: readonly string[];
}

export interface Plan {
  readonly environment: string;
  readonly digest: string;
  /** What the digest is of. */
  readonly bound: BoundFields;
  /** The last migration that is to be applied; null: all that are pending. */
  readonly to: string | null;
  readonly targets: readonly PlannedTarget[];
}

export function plannedOf({ targets }: Plan, target: Target): PlannedTarget {
  const found = targets.find((each) => each.target === target);
  if (found === undefined) throw new Error(`no plan for ${target.name}`);
  return found;
}

export interface PlanTool {
  readonly name: string;
  readonly configSha256: string;
}

/** The largest database that `proof: auto` restores on the server that holds it. */
const AUTO_RESTORE_LIMIT_BYTES = 10 * 1000 ** 3;

export interface PlanRequest {
  readonly environment: Environment;
  readonly tool: PlanTool;
  readonly observed: readonly ObservedTarget[];
  readonly to: string | null;
  /** null outside GitHub. */
  readonly repositoryId: number | null;
}

export function makePlan({ environment, tool, observed, to, repositoryId }: PlanRequest): Plan {
  const policy = policyDigest(environment.policy); // where targets are listed it is as long as they are many
  const boundOf = (targets: readonly ObservedTarget[]) =>
    boundFields({
      repositoryId,
      environment: environment.name,
      command: "migrate",
      targets: targets.map(({ target, identity, schemaDigest, pending, findings }) => ({
        name: target.name,
        identity: identity.lasting,
        schemaDigest,
        pending,
        findings: [...findings, ...pending.flatMap((migration) => migration.findings)],
      })),
      tool,
      policyDigest: policy,
    });
  const bound = boundOf(observed);
  return {
    environment: environment.name,
    to,
    digest: digestOf(bound),
    bound,
    targets: observed.map((target) => ({
      ...target,
      digest: digestOf(boundOf([target])),
      proof: proofOf(environment),
      clone: environment.backup.clone !== "never" && target.copyObstacle === null,
      unprovable: unprovable(environment),
    })),
  };
}

export function proofOf({ backup }: Pick<Environment, "backup">): "restore" | "read" {
  return backup.proof === "read" ? "read" : "restore";
}

/** Why this plan may not be run as it stands. */
export function planObstacles(environment: Environment, plan: Plan): readonly Reason[] {
  return plan.targets.flatMap((target) => [
    ...target.obstacles,
    ...cloneNeeded(environment, target),
    ...proofChoiceNeeded(environment, target),
  ]);
}

/** A restore of so much on the server that holds it is for people to decide. */
export function proofChoiceNeeded(
  { backup: { proof, scratch } }: Pick<Environment, "backup">,
  { target, sizeBytes }: Pick<ObservedTarget, "target" | "sizeBytes">,
): readonly Reason[] {
  if (proof !== "auto" || scratch !== null || sizeBytes <= AUTO_RESTORE_LIMIT_BYTES) return [];
  return [
    {
      code: "proof-choice-needed",
      message: `${target.name} has ${Math.round(sizeBytes / 1000 ** 3)} GB; proving its backup by a restore takes as much room and time again`,
      hint: "choose in belay.yml: `backup: { proof: restore }` or `backup: { proof: read }`",
    },
  ];
}

/** A backup from before the downtime lacks what is written until then: without a copy nothing has it. */
function cloneNeeded({ backup }: Environment, { target, copyObstacle }: PlannedTarget): readonly Reason[] {
  if (copyObstacle === null || (backup.when !== "before" && backup.external === null)) return [];
  return [
    {
      code: "clone-needed",
      message: `a backup from before the downtime needs a copy of ${target.name} beside it for the way back, and ${copyObstacle}`,
      hint: "let it, or let the run take its backup once the application has stopped (without `backup.when: before` and `backup.external`)",
    },
  ];
}

function unprovable(environment: Environment): readonly string[] {
  const reasons: string[] = [];
  if (environment.app.online) reasons.push("the application keeps writing (app: online): data are compared by structure only");
  if (environment.data.mode === "off") reasons.push("data: off, rows are not compared");
  return reasons;
}
