/**
 * `npm run bot:demo`: a conversation with the real bot, on this machine. GitHub is played; webhooks, identity tokens, grants, the action
 * that plans, migrates and rolls back, and the database that it does that to are real.
 */

import { styleText } from "node:util";

import { verifyStore } from "../bot/audit/verify.ts";
import { Runners } from "../test/support/bot/runners.ts";
import { Stage } from "../test/support/bot/stage.ts";
import { readable } from "./bot-demo/readable.ts";
import { bookingDatabase } from "../test/support/project.ts";
import type { PullRequest } from "../test/support/github/state.ts";

const WIDTH = Math.min(process.stdout.columns ?? 100, 110) - 6;
const MARKS: Readonly<Record<string, string>> = { eyes: "👀", rocket: "🚀", "+1": "👍", "-1": "👎", confused: "😕" };

const heading = (text: string) => console.log(`\n${styleText("bold", text)}`);
const aside = (text: string) => console.log(styleText("dim", `    ${text}`));

/** What somebody wrote, as a pull request shows it: a name, and a box. */
function post(login: string, body: string): void {
  console.log(`\n  ${styleText(["bold", login.endsWith("[bot]") ? "green" : "cyan"], login)}`);
  for (const line of readable(body, WIDTH)) console.log(`  ${styleText("dim", "│")} ${line}`);
}

class Conversation {
  readonly #stage: Stage;
  readonly #pull: PullRequest;

  constructor(stage: Stage, pull: PullRequest) {
    this.#stage = stage;
    this.#pull = pull;
  }

  /** Somebody types a command; shown with the reaction that comes at once. */
  async says(login: string, command: string): Promise<number> {
    post(login, command);
    const begun = performance.now();
    const comment = await this.#stage.say(this.#pull, login, command);
    await this.reaction(comment, "eyes");
    aside(`👀 seen after ${Math.round(performance.now() - begun)} ms`);
    return comment;
  }

  async reaction(comment: number, content: string): Promise<void> {
    const { reactions } = this.#stage.github.state;
    await this.#stage.until(MARKS[content] ?? content, () =>
      reactions.find((each) => each.comment === comment && each.content === content),
    );
  }

  /** The comment that the bot keeps of the environment, once it says this. */
  async shows(words: string): Promise<void> {
    const shown = await this.#stage.until(words, () => (this.#stage.comment().includes(words) ? this.#stage.comment() : undefined));
    post("belay[bot]", shown);
    // Nobody reads as quickly as this is played: GitHub's clock goes on meanwhile.
    this.#stage.pass(6_000);
  }
}

const RULES = "migrate: sql\napprovals: { required: 2 }\n";

const begun = performance.now();
await using stage = await Stage.open((project) => {
  bookingDatabase(project, 500);
  return `target: sqlite:${project.database}\n${RULES}`;
});
await using runners = new Runners(stage);

const tables = () =>
  stage.project
    .sql(
      "select group_concat(name, ', ') from (select name from sqlite_schema where type = 'table' and name not like 'sqlite%' order by name)",
    )
    .trim();

heading("A repository with a database behind it. belay.yml of its default branch:");
for (const line of stage.project.git("show", "main:belay.yml").split("\n")) aside(line);
aside(`tables of the database: ${tables()}`);

heading("Ada opens pull request #1, which adds migrations/001_x.sql, and asks for it to be migrated.");
const pull = stage.openPull();
const here = new Conversation(stage, pull);
const asked = await here.says("ada", "/migrate prod");
const planned = await runners.ended("belay plan prod r1");
aside(
  `GitHub started the workflow; its job proved who it is, was granted to plan, and ended with ${planned.end.status}. Nothing was changed.`,
);
await here.shows("waits for approval");

heading("Two people who did not write it look at the plan.");
await here.says("ben", "/approve r1");
await here.says("cleo", "/approve r1");
const migrated = await runners.ended("belay migrate prod r1");
aside(`The run claimed its grant, held the commit and the plan against it, and ended with ${migrated.end.status}.`);
await here.reaction(asked, "+1");
await here.shows("migrated");
aside(`tables of the database: ${tables()}`);

stage.project.sql("insert into x values (1), (2)");
heading("The application writes two rows. Then Ada has second thoughts: what going back would lose is shown first.");
const back = await here.says("ada", "/rollback prod");
await here.shows("waits for approval");
await here.says("ada", "/approve r2");
await runners.ended("belay rollback prod r2");
await here.reaction(back, "+1");
await here.shows("rolled back");
aside(`tables of the database: ${tables()}`);

heading("All of it is on record, each entry with the hash of the one before: belay audit verify");
await stage.stop();
const verdict = await verifyStore([], { BELAY_STORE: `sqlite:${stage.storePath}` });
if (verdict.kind !== "whole") throw new Error(verdict.why);
aside(`whole: ${verdict.entries} entries, head ${verdict.head}`);
console.log(`\nPlayed in ${((performance.now() - begun) / 1000).toFixed(0)} s. docs/bot.md says how to have it on your repository.`);
