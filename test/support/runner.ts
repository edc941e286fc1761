/** Runs an action as GitHub's runner does: a job, its steps, and at its end what the steps want to happen after them. */

import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";

import { cancelAsRunner, endProcessesOf } from "./github/cancellation.ts";
import type { WorkflowEvent } from "./github/events.ts";
import { type FilesSaid, prepareFiles, readFiles, type StepFiles } from "./github/file-commands.ts";
import type { FakeGitHub } from "./github/server.ts";
import { WEB } from "./github/shapes.ts";
import type { WorkflowRun } from "./github/state.ts";
import type { Token } from "./github/tokens.ts";
import { type Annotation, CommandReader, Lines, type ObeyedCommand } from "./github/workflow-commands.ts";

const ROOT = join(import.meta.dirname, "../..");

/** The folder of an action: where its action.yml lies. `dist`: another place for what action.yml has in `dist/`. */
export interface ActionFolder {
  readonly directory: string;
  readonly dist: string;
}

/** Belay itself, as it is committed; BELAY_DIST names another build while somebody works on it. */
export const BELAY: ActionFolder = { directory: ROOT, dist: process.env["BELAY_DIST"] ?? join(ROOT, "dist") };

export interface JobSettings {
  readonly github: FakeGitHub;
  readonly workspace: string;
  readonly event: WorkflowEvent;
  readonly action?: ActionFolder;
  /** `github.token`; by default one with the usual rights of a workflow. */
  readonly token?: Token;
  /** By default one that the event's actor started. */
  readonly run?: WorkflowRun;
  /** Masked from the start, as GitHub does with the secrets that a workflow names. */
  readonly secrets?: readonly string[];
  readonly runnerEnvironment?: "self-hosted" | "github-hosted";
  /** `env:` of the workflow. */
  readonly variables?: Readonly<Record<string, string>>;
  /** `id-token: write`, with these claims. */
  readonly identity?: Readonly<Record<string, unknown>>;
  /** The API's address as Enterprise Server has it. */
  readonly enterprise?: boolean;
  /** Of the 7.5 s and 2.5 s that the runner waits after a cancel. Default 1. */
  readonly cancelScale?: number;
}

export type Inputs = Readonly<Record<string, string>>;

export interface StepEnd extends FilesSaid {
  readonly conclusion: "success" | "failure" | "cancelled";
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly durationMs: number;
  /** What people see: masked, and without the commands that were obeyed. */
  readonly log: string;
  /** What the step printed, before any mask. */
  readonly printed: string;
  /** Every workflow command that the runner obeyed, whoever printed it. */
  readonly commands: readonly ObeyedCommand[];
  readonly annotations: readonly Annotation[];
}

export interface RunningStep {
  readonly pid: number;
  readonly ended: Promise<StepEnd>;
  /** Whether this was printed already, and otherwise once it is. */
  readonly prints: (text: string) => Promise<void>;
  /** As the button does: SIGINT, 7.5 s later SIGTERM, 2.5 s later the end of the whole tree. Resolves with the step's end. */
  readonly cancel: () => Promise<StepEnd>;
}

/** The runner's own patience with streams that stay open. */
const AFTER_EXIT_MS = 5000;

interface Metadata {
  readonly inputs: Readonly<Record<string, string>>;
  readonly main: string;
  readonly post: string | null;
}

export class Job implements AsyncDisposable {
  /** RUNNER_TEMP and everything else of this job's own. */
  readonly directory = mkdtempSync(join(tmpdir(), "belay-runner-"));
  readonly #settings: JobSettings;
  readonly #metadata: Metadata;
  readonly #masks: Set<string>;
  readonly #token: Token;
  readonly #run: WorkflowRun;
  readonly #trackingId = `github_${randomUUID()}`;
  readonly #environment: Record<string, string> = {};
  readonly #path: string[] = [];
  readonly #posts: { readonly inputs: Inputs; readonly state: Readonly<Record<string, string>>; readonly variables: Inputs }[] = [];
  #steps = 0;

  constructor(settings: JobSettings) {
    const { github, event, action = BELAY } = settings;
    this.#settings = settings;
    this.#metadata = readMetadata(action);
    this.#token = settings.token ?? github.tokens.installation();
    this.#run = settings.run ?? github.state.run({ event: event.name, actor: event.actor.login, sha: event.sha });
    this.#masks = new Set([this.#token.value, ...(settings.secrets ?? [])]);
    mkdirSync(join(this.directory, "temp"));
    writeFileSync(join(this.directory, "event.json"), JSON.stringify(event.payload, null, 2));
  }

  /** A step `uses:` the action. `variables`: its `env:`. */
  start(inputs: Inputs = {}, variables: Inputs = {}): RunningStep {
    const step = this.#start(this.#metadata.main, inputs, {}, variables);
    const ended = step.ended.then((end) => {
      this.#posts.push({ inputs, state: end.state, variables });
      return end;
    });
    return { ...step, ended, cancel: () => step.cancel().then(() => ended) };
  }

  run(inputs: Inputs = {}, variables: Inputs = {}): Promise<StepEnd> {
    return this.start(inputs, variables).ended;
  }

  /** The end of the job: what the steps left for it, the last step first, also after a cancel. */
  async post(): Promise<StepEnd[]> {
    const ends: StepEnd[] = [];
    for (const { inputs, state, variables } of this.#posts.splice(0).toReversed()) {
      if (this.#metadata.post === null) continue;
      ends.push(await this.#start(this.#metadata.post, inputs, state, variables).ended);
    }
    return ends;
  }

  /** Ends what the steps left running, as the runner does at the end of a job, and removes the job's folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    endProcessesOf(`RUNNER_TRACKING_ID=${this.#trackingId}`);
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** What a step is given, for another runner to run it: every variable, and the files among them, which are there and empty. */
  given(inputs: Inputs = {}): { readonly variables: Readonly<Record<string, string>>; readonly files: StepFiles } {
    this.#steps += 1;
    const files = prepareFiles(join(this.directory, `step-${this.#steps}`));
    return { variables: { ...this.#variables(), ...files, ...this.#inputs(inputs) }, files };
  }

  #start(entry: string, inputs: Inputs, state: Readonly<Record<string, string>>, own: Inputs): RunningStep {
    const { variables, files } = this.given(inputs);
    const child = spawn(process.execPath, [entry], {
      cwd: this.#settings.workspace,
      env: { ...variables, ...own, ...stateVariables(state) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const reader = new CommandReader(this.#masks);
    const { printed, prints } = listen(child, reader);
    const cancelled = { value: false };
    const startedAt = performance.now();
    const ended = new Promise<StepEnd>((resolve, reject) => {
      child.on("error", reject);
      // Who was started and holds the streams is not waited for much longer than the step itself.
      child.on("exit", () => setTimeout(() => [child.stdout, child.stderr].forEach((stream) => stream.destroy()), AFTER_EXIT_MS).unref());
      child.on("close", (status, signal) => {
        const said = readFiles(files);
        Object.assign(this.#environment, said.environment);
        this.#path.unshift(...said.path);
        const conclusion = cancelled.value ? "cancelled" : status === 0 ? "success" : "failure";
        const durationMs = performance.now() - startedAt;
        resolve({ ...said, ...heard(reader, said), conclusion, status, signal, durationMs, printed: printed() });
      });
    });
    const cancel = () => {
      cancelled.value = true;
      cancelAsRunner(child, this.#settings.cancelScale ?? 1);
      return ended;
    };
    return { pid: child.pid ?? -1, ended, prints, cancel };
  }

  /** Every input that action.yml knows is set, if need be to nothing; one that it does not know is passed on, too. */
  #inputs(given: Inputs): Record<string, string> {
    const defaults = Object.entries(this.#metadata.inputs).map(([name, value]) => [name, evaluated(value, this.#token)] as const);
    const all = Object.entries({ ...Object.fromEntries(defaults), ...given });
    return Object.fromEntries(all.map(([name, value]) => [`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`, value]));
  }

  #variables(): Record<string, string> {
    const { github, event, workspace, identity, variables, runnerEnvironment = "self-hosted", enterprise = false } = this.#settings;
    const { repository } = github.state;
    const api = `${github.url}${enterprise ? "/api/v3" : ""}`;
    return {
      PATH: [...this.#path, process.env["PATH"] ?? ""].join(":"),
      HOME: this.directory,
      LANG: "C.UTF-8",
      CI: "true",
      ...variables,
      ...this.#environment,
      GITHUB_ACTIONS: "true",
      GITHUB_ACTION: "belay",
      GITHUB_ACTOR: event.actor.login,
      GITHUB_ACTOR_ID: String(event.actor.id),
      GITHUB_TRIGGERING_ACTOR: this.#run.triggeringActor.login,
      GITHUB_API_URL: api,
      GITHUB_SERVER_URL: WEB,
      GITHUB_GRAPHQL_URL: `${github.url}/graphql`,
      GITHUB_REPOSITORY: `${repository.owner.login}/${repository.name}`,
      GITHUB_REPOSITORY_ID: String(repository.id),
      GITHUB_REPOSITORY_OWNER: repository.owner.login,
      GITHUB_REPOSITORY_OWNER_ID: String(repository.owner.id),
      GITHUB_EVENT_NAME: event.name,
      GITHUB_EVENT_PATH: join(this.directory, "event.json"),
      GITHUB_REF: event.ref,
      GITHUB_REF_NAME: event.ref.replace(/^refs\/(heads|pull|tags)\//, ""),
      GITHUB_REF_TYPE: "branch",
      GITHUB_REF_PROTECTED: "false",
      GITHUB_HEAD_REF: event.headRef,
      GITHUB_BASE_REF: event.baseRef,
      GITHUB_SHA: event.sha,
      GITHUB_JOB: this.#run.jobs[0]?.name ?? "job",
      GITHUB_RUN_ID: String(this.#run.id),
      GITHUB_RUN_NUMBER: "1",
      GITHUB_RUN_ATTEMPT: String(this.#run.attempt),
      GITHUB_WORKFLOW: "deploy",
      GITHUB_WORKFLOW_REF: `${repository.owner.login}/${repository.name}/${this.#run.path}@${event.ref}`,
      GITHUB_WORKFLOW_SHA: event.sha,
      GITHUB_WORKSPACE: workspace,
      RUNNER_ARCH: "X64",
      RUNNER_ENVIRONMENT: runnerEnvironment,
      RUNNER_NAME: "runner-1",
      RUNNER_OS: "Linux",
      RUNNER_TEMP: join(this.directory, "temp"),
      RUNNER_TOOL_CACHE: join(this.directory, "tools"),
      RUNNER_TRACKING_ID: this.#trackingId,
      ...(identity === undefined ? {} : github.idToken(identity)),
    };
  }
}

function stateVariables(state: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]));
}

function readMetadata({ directory, dist }: ActionFolder): Metadata {
  const { inputs = {}, runs } = parse(readFileSync(join(directory, "action.yml"), "utf8")) as {
    readonly inputs?: Readonly<Record<string, { readonly default?: string | boolean | number } | null>>;
    readonly runs: { readonly main: string; readonly post?: string };
  };
  const place = (entry: string) => (entry.startsWith("dist/") ? join(dist, entry.slice("dist/".length)) : join(directory, entry));
  return {
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, String(input?.default ?? "")])),
    main: place(runs.main),
    post: runs.post === undefined ? null : place(runs.post),
  };
}

/** Of expressions, a default of action.yml may use the context `github`; of that, the token is what actions take. */
function evaluated(value: string, token: Token): string {
  const text = value.replaceAll(/\$\{\{\s*github\.token\s*\}\}/g, token.value);
  if (text.includes("${{")) throw new Error(`the runner of the tests does not evaluate ${value}`);
  return text;
}

/** Both streams into one log, line by line, in the order of arrival. */
function listen(child: ChildProcess, reader: CommandReader) {
  let printed = "";
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    const lines = new Lines((line) => reader.line(line));
    stream?.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      lines.add(text);
      for (const look of waiting) look();
    });
    stream?.on("end", () => lines.end());
  }
  const prints = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!printed.includes(text)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      child.on("close", () => reject(new Error(`the step ended and never printed ${text}; it printed:\n${printed}`)));
      look();
    });
  return { printed: () => printed, prints };
}

/** What came by commands on a stream, beside what came through files; where both say something, the file. */
function heard(reader: CommandReader, said: FilesSaid) {
  return {
    log: reader.log.join("\n"),
    commands: reader.obeyed,
    annotations: reader.annotations,
    outputs: { ...reader.outputs, ...said.outputs },
    state: { ...reader.state, ...said.state },
    problems: [...reader.problems, ...said.problems],
  };
}
