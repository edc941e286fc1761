import type { ApprovalsConfig } from "./config/config.ts";
import type { ApprovalFacts, ApprovalRequest } from "./domain/approval.ts";
import type { Reason } from "./domain/error.ts";
import type { CommandName, InvocationOptions } from "./domain/invocation.ts";
import type { Progress } from "./domain/progress.ts";

/** Everything that a command takes from outside; it enters at the edge, so that tests can give their own. */
export interface World {
  /** Where Belay was started. */
  readonly cwd: string;
  /** The environment variables, as the process got them. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  /** So many unpredictable bytes. */
  readonly random: (bytes: number) => Uint8Array;
  readonly progress: Progress;
  /** Aborted by SIGINT and SIGTERM: the run stops what it started, undoes and reports. */
  readonly signal: AbortSignal;
  readonly belayVersion: string;
  /** In a GitHub workflow, where its rules hold (no store in the checkout, grants by the bot). */
  readonly onGitHub: boolean;
  /** What GitHub decides and knows; null on a command line, also where that runs in a workflow. */
  readonly github: GitHub | null;
  /** Told every secret before anything can print it; a log that masks takes them from here. */
  readonly hide: (secrets: readonly string[]) => void;
}

/** GitHub's side of a run: where policy comes from and who said yes. Everything is asked when it is needed, and once. */
export interface GitHub {
  readonly repositoryId: number;
  /** The commit that is deployed. */
  readonly sha: string;
  /** The runner is GitHub's own and is gone after the job, with every file on it. */
  readonly hosted: boolean;
  /** What is checked out may be a fork's code, which nobody with a right to this repository has looked at. */
  readonly fork: boolean;
  /**
   * belay.yml as the default branch has it, at one commit. `path`: as the `config` input says; null: `belay.yml`, then
   * `.github/belay.yml`. Throws the refusal `policy-unreadable`.
   */
  readonly policy: (path: string | null) => Promise<PolicyFile>;
  /** The facts of approval by the workflow's environment or by review. Throws refusals; what GitHub cannot tell is one. */
  readonly approvals: (environment: ProtectedEnvironment, asked: ApprovalRequest) => Promise<ApprovalFacts>;
  /** null where the environment that `needs` names was successfully deployed with this commit, this tree or this pending set. */
  readonly needs: (githubEnvironment: string, pendingDigest: string) => Promise<Reason | null>;
  /** Of a run that a bot started; absent: nobody else has to let it. */
  readonly grant?: RunGrant;
}

/** A bot's leave for this one run, asked for once. */
export interface RunGrant {
  /**
   * Asked as soon as the environment is known, before anything of it is touched. Where an approval is bound to the plan, `approvals`
   * asks later, when there is one. Gives what the request says of the run; throws refusals.
   */
  readonly begin: (asked: GrantRequest) => Promise<GrantedOptions>;
  /** Right before migrations are applied, again and again. Throws the refusal `checkout-moved`. */
  readonly confirm: () => Promise<void>;
}

export interface GrantRequest {
  readonly command: CommandName;
  readonly environment: Pick<ProtectedEnvironment, "name"> & { readonly approvals: ApprovalsConfig | null };
  /** `bot:` of the default branch's belay.yml. */
  readonly bot: string | null;
}

/** What people said with their request, and not the workflow. */
export type GrantedOptions = Pick<InvocationOptions, "again" | "of" | "run" | "to" | "acceptLoss">;

/** Of an environment what its approvals depend on. */
export interface ProtectedEnvironment {
  readonly name: string;
  readonly githubEnvironment: string;
  readonly approvals: ApprovalsConfig;
}

export interface PolicyFile {
  readonly sha: string;
  readonly branch: string;
  /** The path that was found, or the first that was looked for. */
  readonly path: string;
  /** null where the default branch has no such file. */
  readonly text: string | null;
  /** The checkout is this commit of the default branch: its own file is the policy. */
  readonly isCheckout: boolean;
  /** The checkout's own text, where Belay runs on another machine than the checkout lies on; null: it has none. */
  readonly own?: string | null;
}
