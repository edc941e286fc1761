/** A shop with a real database, its bot, and runners for the workflow: what people say there, and what becomes of it. */

import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { parseRules } from "../../../src/config/parse.ts";
import { policyDigest } from "../../../src/plan/digest.ts";
import type { CheckedOutProject } from "../github/repository.ts";
import type { PullRequest } from "../github/state.ts";
import { bookingDatabase } from "../project.ts";
import { type Carried, type Interference, Runners } from "./runners.ts";
import { Stage } from "./stage.ts";

export const BY_TWO = "approvals: { required: 2 }\nrequire: [up-to-date]\n";

export class Talk implements AsyncDisposable {
  readonly stage: Stage;
  readonly runners: Runners;

  private constructor(stage: Stage) {
    this.stage = stage;
    this.runners = new Runners(stage);
  }

  /** `rules`: lines of the environment beside target and migrations. `target`: its line. */
  static async open(
    rules = BY_TWO,
    { target = null, app = "" }: { readonly target?: string | null; readonly app?: string } = {},
  ): Promise<Talk> {
    return new Talk(
      await Stage.open((project) => {
        bookingDatabase(project, 20);
        return `${target ?? `target: sqlite:${project.database}`}\nmigrate: sql\n${app.replaceAll("OUTSIDE", project.outside)}${rules.replaceAll("OUTSIDE", project.outside)}`;
      }),
    );
  }

  get project(): CheckedOutProject {
    return this.stage.project;
  }

  /** Of the tables `x` and `y`, which only migrations make, those that are there. */
  tables(): string {
    return this.project.sql("select coalesce(group_concat(name, ' '), '') from sqlite_schema where name in ('x', 'y')").trim();
  }

  /** Of the environment's block on the default branch. */
  policyDigest(): string {
    const text = this.project.git("show", "main:belay.yml");
    const rules = parseRules(text, { file: "/belay.yml", shownAs: "belay.yml", directory: "/", checkout: null, find: null });
    return policyDigest(rules.environments.get("prod")?.policy ?? null);
  }

  /** Asks for a migration and waits until its plan can be approved. Gives the comment that asked. */
  async ask(pull: PullRequest, id = "r1"): Promise<number> {
    const asked = await this.stage.say(pull, "ada", "/migrate prod");
    await this.runners.ended(`belay plan prod ${id}`);
    await this.planShown(id);
    return asked;
  }

  async planShown(id: string): Promise<void> {
    const { stage } = this;
    const { comments } = stage.github.state;
    await stage.until(`the plan of ${id}`, () => comments.find(({ app, body }) => app !== null && body.includes(`/approve ${id}\``)));
    await stage.idle(); // the bot knows itself that people can read it
    stage.pass(2_000); // GitHub's comments carry whole seconds, and a yes counts only after its plan could be read
  }

  async approve(pull: PullRequest, id = "r1"): Promise<void> {
    await Promise.all([this.stage.say(pull, "ben", `/approve ${id}`), this.stage.say(pull, "cleo", `/approve ${id}`)]);
  }

  /** The whole way to a migrated database. */
  async migrate(pull: PullRequest, id = "r1"): Promise<Carried> {
    await this.ask(pull, id);
    await this.approve(pull, id);
    return this.runners.ended(`belay migrate prod ${id}`);
  }

  async reaction(comment: number, content: string): Promise<void> {
    await this.stage.until(`${content} of comment ${comment}`, () =>
      this.stage.github.state.reactions.find((each) => each.comment === comment && each.content === content),
    );
  }

  /** Waits until the comment of the environment says this. */
  async says(words: string): Promise<void> {
    await this.stage.until(`“${words}”`, () => (this.stage.comment().includes(words) ? true : undefined));
  }

  async push(pull: PullRequest, file: string, text: string): Promise<void> {
    const { stage, project } = this;
    project.git("checkout", "--quiet", pull.head.branch);
    project.write(file, text);
    pull.head.sha = project.commit(`More in ${file}`);
    project.git("checkout", "--quiet", "main");
    await stage.deliver("pull_request", stage.pullPayload(pull, "synchronize", "ada"));
  }

  /** Minutes pass in which the bot is told nothing: it is started again, and looks at the clock. */
  async pass(minutes: number): Promise<void> {
    await this.stage.stop();
    this.stage.pass(minutes * 60_000);
    await this.stage.start();
  }

  /** A gate of the application's: `app.stop` waits behind it once it is closed. */
  get gate(): { readonly isReached: () => true | undefined; readonly close: () => void; readonly open: () => void } {
    const [closed, reached] = ["closed", "reached"].map((name) => join(this.project.outside, name)) as [string, string];
    return {
      isReached: () => (existsSync(reached) ? true : undefined),
      close: () => writeFileSync(closed, ""),
      open: () => rmSync(closed, { force: true }),
    };
  }

  /** What happens to a job whose title begins so: `during` while its run waits in the stop of an application that is GATED. */
  duringStop(title: string, { during, ...rest }: Interference): void {
    this.gate.close();
    this.runners.interference.set(title, {
      ...rest,
      during: async (step, job) => {
        await this.stage.until("the stop", this.gate.isReached);
        await during?.(step, job);
        this.gate.open();
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.gate.open();
    await this.runners[Symbol.asyncDispose]();
    await this.stage[Symbol.asyncDispose]();
  }
}

/** An application whose stop waits behind the gate. */
export const GATED = `app:
  stop: touch OUTSIDE/reached; while [ -e OUTSIDE/closed ]; do sleep 0.05; done
  start: echo start >> OUTSIDE/app.log
  previous: echo previous >> OUTSIDE/app.log
`;
