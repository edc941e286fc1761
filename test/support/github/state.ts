/** What the fake GitHub knows beside the git repository: plain records that tests write and routes read. */

export interface User {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Bot";
}

export interface Team {
  readonly id: number;
  readonly slug: string;
  readonly members: readonly User[];
}

export interface PullRequest {
  readonly id: number;
  readonly number: number;
  readonly author: User;
  readonly title: string;
  readonly body: string | null;
  /** `owner`: another than the repository's makes it a fork's. */
  readonly head: { readonly owner: User; readonly branch: string; sha: string };
  readonly base: { readonly branch: string; sha: string };
  readonly createdAt: string;
  state: "open" | "closed";
  merged: { readonly sha: string; readonly by: User; readonly at: string } | null;
}

export interface Comment {
  readonly id: number;
  readonly issue: number;
  readonly author: User;
  /** The app that wrote it; null: a person did. */
  readonly app: App | null;
  readonly createdAt: string;
  body: string;
  updatedAt: string;
}

export interface Review {
  readonly id: number;
  readonly pull: number;
  readonly reviewer: User;
  readonly state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED";
  readonly commit: string;
  readonly submittedAt: string;
}

export interface Environment {
  readonly id: number;
  readonly name: string;
  /** Empty: no protection rule of this type. */
  readonly reviewers: readonly (User | Team)[];
  readonly preventSelfReview: boolean;
  /** Which branches may use it. */
  readonly branches: "all" | "protected" | "selected";
  /** Patterns of the selected ones. */
  readonly patterns: readonly string[];
}

export interface WorkflowRun {
  readonly id: number;
  readonly attempt: number;
  readonly event: string;
  readonly actor: User;
  readonly triggeringActor: User;
  readonly sha: string;
  readonly branch: string;
  readonly title: string;
  /** Of the workflow's file. */
  readonly path: string;
  readonly createdAt: string;
  readonly jobs: readonly { readonly id: number; readonly name: string }[];
  /** Absent: it goes on, or waits. */
  over?: true;
}

/** One review of a run that waited for environments. */
export interface RunReview {
  readonly run: number;
  readonly environments: readonly string[];
  readonly state: "approved" | "rejected" | "pending";
  readonly user: User;
  readonly comment: string;
}

export interface Deployment {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly task: string;
  readonly environment: string;
  readonly creator: User;
  readonly payload: string;
  readonly createdAt: string;
}

export type DeploymentState = "error" | "failure" | "inactive" | "pending" | "success" | "queued" | "in_progress";

export interface DeploymentStatus {
  readonly id: number;
  readonly deployment: number;
  readonly state: DeploymentState;
  readonly creator: User;
  readonly description: string;
  readonly logUrl: string;
  readonly createdAt: string;
}

export interface CommitStatus {
  readonly id: number;
  readonly sha: string;
  readonly state: string;
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creator: User;
  readonly createdAt: string;
}

export interface CheckRun {
  readonly id: number;
  readonly name: string;
  readonly sha: string;
  readonly externalId: string;
  readonly app: number;
  status: string;
  conclusion: string | null;
  title: string;
  summary: string;
  actions: readonly unknown[];
}

/** What an app told a job that waits at an environment; without a state a word to whoever looks. */
export interface RuleAnswer {
  readonly run: number;
  readonly attempt: number;
  readonly environment: string;
  readonly state: "approved" | "rejected" | null;
  readonly comment: string;
}

/** A GitHub App as its installation knows it. */
export interface App {
  readonly id: number;
  /** Since when it is installed. */
  readonly installedAt: string;
  readonly slug: string;
  readonly user: User;
}

/** What an app is made from. */
export interface AppManifest {
  readonly name: string;
  readonly url: string;
  readonly hook_attributes: { readonly url: string };
  readonly redirect_url: string;
}

export interface Delivery {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly payload: object;
  /** What the app answered; 0: nothing. */
  readonly status: number;
  readonly at: string;
  /** It is listed, and cannot be sent again. */
  readonly isGone?: true;
}

export interface Reaction {
  readonly id: number;
  readonly comment: number;
  readonly content: string;
  readonly user: User;
}

export interface Repository {
  readonly id: number;
  readonly name: string;
  readonly owner: User;
  readonly defaultBranch: string;
  /** What a public repository shows can be read with any token. */
  readonly isPrivate: boolean;
}

export class GitHubState {
  readonly repository: Repository;
  readonly users: User[] = [];
  readonly teams: Team[] = [];
  /** Logins of people who may write; everybody else reads. */
  readonly writers = new Set<string>();
  readonly pulls: PullRequest[] = [];
  readonly comments: Comment[] = [];
  readonly reviews: Review[] = [];
  readonly environments: Environment[] = [];
  readonly runs: WorkflowRun[] = [];
  readonly runReviews: RunReview[] = [];
  readonly deployments: Deployment[] = [];
  readonly deploymentStatuses: DeploymentStatus[] = [];
  readonly commitStatuses: CommitStatus[] = [];
  readonly checkRuns: CheckRun[] = [];
  readonly reactions: Reaction[] = [];
  readonly ruleAnswers: RuleAnswer[] = [];
  /** What the default branch requires before a merge. */
  readonly requiredChecks = new Set<string>();
  /** Who moved which branch. */
  readonly pushes: { readonly id: number; readonly branch: string; readonly by: User }[] = [];
  /** What workflow_dispatch was given, by the number of its run. */
  readonly inputs = new Map<number, Readonly<Record<string, string>>>();
  /** Called when a workflow was dispatched. */
  onDispatch: (run: WorkflowRun) => void = () => {};
  app: App | null = null;
  /** Of apps that somebody said yes to and whose secrets nobody has fetched yet, by the code that their browser got. */
  readonly manifests = new Map<string, AppManifest>();
  /** What the app was told, or was to be told. */
  readonly deliveries: Delivery[] = [];
  /** Called when somebody asks for a delivery again. */
  onRedelivery: (delivery: Delivery) => void = () => {};
  readonly #now: () => Date;
  #lastId = 1000;

  constructor({ isPrivate = true, now = () => new Date() }: { readonly isPrivate?: boolean; readonly now?: () => Date } = {}) {
    this.#now = now;
    this.repository = { id: this.nextId(), name: "shop", owner: this.user("acme"), defaultBranch: "main", isPrivate };
  }

  /** The user of this login, who is there from now on. A name that ends in `[bot]` is an app's. */
  user(login: string): User {
    const known = this.users.find((user) => user.login === login);
    if (known !== undefined) return known;
    const user: User = { id: this.nextId(), login, type: login.endsWith("[bot]") ? "Bot" : "User" };
    this.users.push(user);
    return user;
  }

  team(slug: string, ...members: readonly string[]): Team {
    return added(this.teams, { id: this.nextId(), slug, members: members.map((login) => this.user(login)) });
  }

  /** `owner`: whose branch; the repository's own by default. */
  openPull(pull: {
    readonly author: string;
    readonly owner?: string;
    readonly branch: string;
    readonly sha: string;
    readonly base: string;
  }) {
    const id = this.nextId();
    return added<PullRequest>(this.pulls, {
      id,
      number: this.pulls.length + 1,
      author: this.user(pull.author),
      title: `Changes of ${pull.branch}`,
      body: null,
      head: { owner: this.user(pull.owner ?? this.repository.owner.login), branch: pull.branch, sha: pull.sha },
      base: { branch: this.repository.defaultBranch, sha: pull.base },
      createdAt: this.now(),
      state: "open",
      merged: null,
    });
  }

  merge(pull: PullRequest, sha: string, by: string): void {
    pull.state = "closed";
    pull.merged = { sha, by: this.user(by), at: this.now() };
  }

  comment(issue: number, login: string, body: string): Comment {
    const at = this.now();
    const author = this.user(login);
    const app = this.app?.user === author ? this.app : null;
    return added(this.comments, { id: this.nextId(), issue, author, app, body, createdAt: at, updatedAt: at });
  }

  review(pull: PullRequest, login: string, state: Review["state"] = "APPROVED", commit = pull.head.sha): Review {
    return added(this.reviews, {
      id: this.nextId(),
      pull: pull.number,
      reviewer: this.user(login),
      state,
      commit,
      submittedAt: this.now(),
    });
  }

  environment(name: string, settings: Partial<Omit<Environment, "id" | "name">> = {}): Environment {
    return added(this.environments, {
      id: this.nextId(),
      name,
      reviewers: [],
      preventSelfReview: false,
      branches: "protected",
      patterns: ["main"],
      ...settings,
    });
  }

  run(run: {
    readonly event: string;
    readonly actor: string;
    readonly triggeredBy?: string;
    readonly sha: string;
    readonly attempt?: number;
    readonly title?: string;
    readonly path?: string;
  }) {
    const actor = this.user(run.actor);
    return added<WorkflowRun>(this.runs, {
      id: this.nextId(),
      attempt: run.attempt ?? 1,
      event: run.event,
      actor,
      triggeringActor: this.user(run.triggeredBy ?? run.actor),
      sha: run.sha,
      branch: this.repository.defaultBranch,
      title: run.title ?? "Deploy",
      path: run.path ?? ".github/workflows/deploy.yml",
      createdAt: this.now(),
      jobs: [{ id: this.nextId(), name: "migrate" }],
    });
  }

  reviewRun(run: WorkflowRun, login: string, environments: readonly string[], state: RunReview["state"] = "approved"): RunReview {
    return added(this.runReviews, { run: run.id, environments, state, user: this.user(login), comment: "" });
  }

  deploy(deployment: {
    readonly sha: string;
    readonly environment: string;
    readonly creator?: string;
    readonly ref?: string;
    readonly task?: string;
    readonly payload?: unknown;
  }): Deployment {
    return added(this.deployments, {
      id: this.nextId(),
      sha: deployment.sha,
      ref: deployment.ref ?? this.repository.defaultBranch,
      task: deployment.task ?? "deploy",
      environment: deployment.environment,
      creator: this.user(deployment.creator ?? "github-actions[bot]"),
      payload: deployment.payload === undefined || deployment.payload === null ? "" : JSON.stringify(deployment.payload),
      createdAt: this.now(),
    });
  }

  setDeployment(
    deployment: Deployment,
    state: DeploymentState,
    creator = deployment.creator,
    description = "",
    logUrl = "",
  ): DeploymentStatus {
    return added(this.deploymentStatuses, {
      id: this.nextId(),
      deployment: deployment.id,
      state,
      creator,
      description,
      logUrl,
      createdAt: this.now(),
    });
  }

  nextId(): number {
    return (this.#lastId += 1);
  }

  now(): string {
    return this.#now().toISOString();
  }
}

function added<Item>(items: Item[], item: Item): Item {
  items.push(item);
  return item;
}
