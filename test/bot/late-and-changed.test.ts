/** What comes late, twice, in another order, or is changed before it is looked at: one decision, or none. */

import { expect, test } from "vitest";

import { plan } from "../support/bot/hand-made-job.ts";
import { Stage } from "../support/bot/stage.ts";
import type { PullRequest } from "../support/github/state.ts";

const PROTECTED = "target: sqlite:/srv/app.db\napprovals: { required: 1 }";
const DAY_MS = 24 * 3_600_000;

function answerTo(stage: Stage, comment: number): Promise<string> {
  const { comments } = stage.github.state;
  return stage.until("an answer", () => comments.find(({ body }) => body.includes(`belay:1:answer:${comment} `))?.body);
}

/** Somebody wrote a comment, and nobody was told. */
function untold(stage: Stage, pull: PullRequest, body: string) {
  const comment = stage.github.state.comment(pull.number, "ada", body);
  return { id: comment.id, payload: stage.commentPayload(pull, comment.id) };
}

test("a command that comes three days late, by GitHub's own redelivery, is answered once and not obeyed", async () => {
  await using stage = await Stage.open(PROTECTED);
  const { state } = stage.github;
  const pull = stage.openPull();
  await stage.stop();
  const { id, payload } = untold(stage, pull, "/migrate prod");
  state.deliveries.push({ id: 1, guid: "g-1", event: "issue_comment", payload, status: 502, at: state.now() });
  stage.pass(3 * DAY_MS);
  let asked = 0;
  state.onRedelivery = ({ event, payload: again, guid }) => {
    asked += 1;
    void stage.deliver(event, again, { "x-github-delivery": guid });
  };
  await stage.start();
  expect(await answerTo(stage, id)).toContain("This came to me too late");
  await stage.deliver("issue_comment", payload, { "x-github-delivery": "g-1" });
  await stage.deliver("issue_comment", payload, { "x-github-delivery": "another" });
  const later = await stage.say(pull, "ada", "/belay help");
  await answerTo(stage, later);
  expect(asked).toBe(1);
  expect(state.runs).toEqual([]);
  expect(state.comments.filter(({ body }) => body.includes(`belay:1:answer:${id} `))).toHaveLength(1);
});

test("a comment that GitHub itself has forgotten to have told of is found by the sweep, once, and one that was edited since is not", async () => {
  await using stage = await Stage.open(PROTECTED);
  const { state } = stage.github;
  const pull = stage.openPull();
  await answerTo(stage, await stage.say(pull, "ada", "/belay help"));
  // The sweep has been here: from now on it knows since when it has to look.
  await stage.stop();
  await stage.start();
  await stage.stop();
  stage.pass(60_000);
  const missed = untold(stage, pull, "/belay status");
  const edited = untold(stage, pull, "/belay help");
  for (const comment of state.comments)
    if (comment.id === edited.id) comment.updatedAt = new Date(Date.parse(comment.createdAt) + 1_000).toISOString();
  await stage.start();
  expect(await answerTo(stage, missed.id)).toContain("status");
  await stage.deliver("issue_comment", missed.payload);
  await answerTo(stage, await stage.say(pull, "ada", "/belay help"));
  expect(state.comments.filter(({ body }) => body.includes(`belay:1:answer:${missed.id} `))).toHaveLength(1);
  expect(state.comments.filter(({ body }) => body.includes(`belay:1:answer:${edited.id} `))).toEqual([]);
});

test("a command that is older than the app's installation is answered, and not obeyed", async () => {
  await using stage = await Stage.open(PROTECTED);
  const { state } = stage.github;
  const pull = stage.openPull();
  const { id, payload } = untold(stage, pull, "/migrate prod");
  stage.pass(5_000);
  stage.github.install(state.app?.id ?? 0, "belay");
  await stage.deliver("issue_comment", payload);
  expect(await answerTo(stage, id)).toContain("This came to me too late");
  expect(state.runs).toEqual([]);
});

test("whoever presses a button again is heard again; a press that GitHub tells of twice is one", async () => {
  await using stage = await Stage.open(PROTECTED);
  const { state } = stage.github;
  const pull = stage.openPull();
  await stage.say(pull, "ada", "/migrate prod");
  await plan(stage, pull);
  const check = await stage.until("the check run", () => state.checkRuns.find(({ externalId }) => externalId === "r1:plan"));
  state.writers.delete("ben");
  const isLookedAt = () => stage.github.requests.find(({ target, status }) => target.includes("/collaborators/ben/") && status !== null);
  await stage.press("ben", check, "approve", "press-1");
  await stage.until("a look at ben's right", isLookedAt);
  await stage.press("ben", check, "approve", "press-1");
  state.writers.add("ben");
  await stage.press("ben", check, "approve", "press-1");
  await stage.idle();
  expect(state.runs.map(({ title }) => title)).toEqual(["belay plan prod r1"]);
  await stage.press("ben", check, "approve", "press-2");
  await stage.until("the run", () => state.runs.find(({ title }) => title === "belay migrate prod r1"));
});

test("whoever may not write costs GitHub's patience little, whatever they ask for", async () => {
  await using stage = await Stage.open(`${PROTECTED}\nrequire: [checks, up-to-date, review]`);
  const { github } = stage;
  const pull = stage.openPull();
  await answerTo(stage, await stage.say(pull, "ada", "/belay help"));
  github.state.user("eve");
  await stage.idle();
  github.requests.length = 0;
  expect(await answerTo(stage, await stage.say(pull, "eve", "/migrate prod"))).toContain("not-allowed");
  await stage.idle();
  const read = github.requests.filter(({ method }) => method === "GET").map(({ route }) => route);
  expect(read.length, read.join("\n")).toBeLessThanOrEqual(6);
});

test("a push that is told before the command that it came after leaves one request, of the newest commit", async () => {
  await using stage = await Stage.open(PROTECTED);
  const { state } = stage.github;
  const pull = stage.openPull();
  const { payload } = untold(stage, pull, "/migrate prod");
  const before = stage.pullPayload(pull, "opened", "ada");
  stage.pass(2_000);
  stage.project.git("checkout", "--quiet", "change");
  stage.project.write("migrations/002_y.sql", "create table y(id integer);\n");
  pull.head.sha = stage.project.commit("More");
  stage.project.git("checkout", "--quiet", "main");
  await stage.deliver("pull_request", stage.pullPayload(pull, "synchronize", "ada"));
  await stage.deliver("issue_comment", payload);
  await stage.deliver("pull_request", before);
  const run = await stage.until("the plan's run", () => state.runs[0]);
  expect(state.inputs.get(run.id)).toMatchObject({ command: "plan", sha: pull.head.sha });
  const status = await stage.say(pull, "ada", "/belay status");
  expect(await answerTo(stage, status)).toContain("`r1`");
  expect(state.runs).toHaveLength(1);
});

test("a comment that was changed or taken back before the bot looked is nobody's word", async () => {
  await using stage = await Stage.open(PROTECTED);
  const { state } = stage.github;
  const pull = stage.openPull();
  const changed = untold(stage, pull, "/migrate prod");
  const other = state.comments.find(({ id }) => id === changed.id);
  if (other !== undefined) other.body = "never mind";
  await stage.deliver("issue_comment", changed.payload);
  const deleted = untold(stage, pull, "/migrate prod");
  state.comments.splice(
    state.comments.findIndex(({ id }) => id === deleted.id),
    1,
  );
  await stage.deliver("issue_comment", deleted.payload);
  await answerTo(stage, await stage.say(pull, "ada", "/belay help"));
  expect(state.runs).toEqual([]);
  expect(state.reactions.filter(({ comment }) => comment === deleted.id)).toEqual([]);
  expect(state.comments.filter(({ body }) => body.includes(`belay:1:answer:${changed.id} `))).toEqual([]);
});

test("what a pull request writes into belay.yml counts for nothing: not its approvals, not its bot, not an environment of its own", async () => {
  await using stage = await Stage.open(PROTECTED);
  const { state } = stage.github;
  const sha = stage.project.branch("open-door", () =>
    stage.project.write(
      "belay.yml",
      "bot: https://evil.example\nworkflow: evil.yml\nenvironments:\n  prod:\n    github-environment: production\n    target: sqlite:/srv/app.db\n    backup: { store: /tmp/elsewhere }\n  mine:\n    target: sqlite:/srv/app.db\n",
    ),
  );
  stage.project.git("checkout", "--quiet", "main");
  const pull = state.openPull({ author: "ada", branch: "open-door", sha, base: stage.project.head() });
  const unknown = await stage.say(pull, "ada", "/belay migrate mine");
  expect(await answerTo(stage, unknown)).toContain("belay.yml has no environment mine");
  await stage.say(pull, "ada", "/migrate prod");
  const run = await stage.until("the plan's run", () => state.runs[0]);
  expect(run.path).toBe(".github/workflows/belay-run.yml");
  expect(state.inputs.get(run.id), "it plans, as nobody approved anything yet").toMatchObject({ command: "plan", environment: "prod" });
  const status = await stage.say(pull, "ada", "/status prod");
  expect(await answerTo(stage, status)).toContain("it is not planned yet");
  expect(state.runs).toHaveLength(1);
});

test("a delivery that GitHub does not send again stands in the way of no other, nor does a GitHub that redelivers nothing", async () => {
  await using stage = await Stage.open(PROTECTED);
  const { state, faults } = stage.github;
  const pull = stage.openPull();
  await answerTo(stage, await stage.say(pull, "ada", "/belay help"));
  await stage.stop();
  await stage.start();
  await stage.idle();
  await stage.stop();
  const [gone, lost, untoldOf] = [
    untold(stage, pull, "/belay help"),
    untold(stage, pull, "/belay status"),
    untold(stage, pull, "/belay help"),
  ];
  const delivery = { event: "issue_comment", status: 502, at: state.now() };
  state.deliveries.push({ ...delivery, id: 1, guid: "g-1", payload: gone.payload, isGone: true });
  state.deliveries.push({ ...delivery, id: 2, guid: "g-2", payload: lost.payload });
  state.onRedelivery = ({ event, payload, guid }) => void stage.deliver(event, payload, { "x-github-delivery": guid });
  await stage.start();
  for (const { id } of [gone, lost, untoldOf]) await answerTo(stage, id);
  expect(stage.logged.join("")).toContain("is not sent again");
  await stage.stop();
  const another = untold(stage, pull, "/belay help");
  faults.add("GET /app/hook/deliveries", { kind: "status", status: 502 }, { times: 1 });
  await stage.start();
  await answerTo(stage, another.id);
});
