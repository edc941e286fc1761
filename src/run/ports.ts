/** What a run needs from outside. `wire.ts` connects it; tests may connect something else. */

import type { RunCheck } from "../check/check.ts";
import type { Environment, ReceiverConfig } from "../config/config.ts";
import type { ApprovalFacts, ApprovalRequest } from "../domain/approval.ts";
import type { Reason } from "../domain/error.ts";
import type { Delivery, MessageFacts } from "../domain/message.ts";
import type { PolicyOrigin } from "../domain/policy-origin.ts";
import type { Progress } from "../domain/progress.ts";
import type { RunId } from "../domain/run-id.ts";
import type { Target } from "../domain/target.ts";
import type { StartedProcess } from "../domain/started-process.ts";
import type { Engine } from "../engine/engine.ts";
import type { CommandEnd, SpawnRequest } from "../process/process.ts";
import type { StreamRedactor } from "../process/redact.ts";
import type { Store } from "../store/store.ts";
import type { MigrationTool } from "../tool/tool.ts";

export interface Ports {
  readonly belayVersion: string;
  readonly onGitHub: boolean;
  readonly now: () => Date;
  readonly random: (bytes: number) => Uint8Array;
  readonly progress: Progress;
  /** Aborted by SIGINT and SIGTERM; `reason` says which. */
  readonly signal: AbortSignal;
  readonly redact: (text: string) => string;
  /** For one stream that comes in pieces. */
  readonly streamRedactor: () => StreamRedactor;
  /** This process, as recoveries will look for it. */
  readonly self: StartedProcess;
  readonly engineOf: (target: Target) => Engine;
  readonly toolOf: (environment: Environment, target: Target) => Promise<MigrationTool>;
  readonly storeOf: (environment: Environment, target: Target) => Store;
  /** The store at a place that a state row names. */
  readonly storeAt: (location: string) => Store;
  readonly spawn: (request: SpawnRequest) => Promise<CommandEnd>;
  readonly endGroup: (started: StartedProcess) => Promise<"gone" | "ended" | "not-ours">;
  /** Removes what a run that was killed left among the system's temporary files. Never throws. */
  readonly sweepTemporary: (run: RunId) => Promise<void>;
  readonly runCheck: RunCheck;
  /** The environment of commands, without what they must not see; `extra` are the BELAY_ variables. */
  readonly childVariables: (environment: Environment, extra: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
  /** The commit that is being deployed, where one is known. */
  readonly commit: (directory: string) => Promise<string | null>;
  /** Tells a receiver, in bounded time, and never throws. `id` is the same for the same message; `signal` cuts it short. */
  readonly notify: (receiver: ReceiverConfig, id: string, facts: MessageFacts, signal: AbortSignal) => Promise<Delivery>;
  /** null outside GitHub. */
  readonly repositoryId: number | null;
  /** Where the policy came from; null: from the file that lies here. */
  readonly policy: PolicyOrigin | null;
  /** Who said yes to a command that changes a protected environment. Throws refusals. */
  readonly approvalsOf: (environment: Environment, asked: ApprovalRequest) => Promise<ApprovalFacts>;
  /** Throws the refusal `checkout-moved` where what lies here is not what a bot's grant is for; without a grant it does nothing. */
  readonly confirmGrant: () => Promise<void>;
  /** The other protected environments of belay.yml, those left out whose variables are not set here. */
  readonly protectedElsewhere: () => Promise<readonly Environment[]>;
  /** Why the environment that this one `needs` does not allow it yet; null where it does, or none is needed. */
  readonly unmetNeed: (environment: Environment, pendingDigest: string) => Promise<Reason | null>;
}
