import { setTimeout as pause } from "node:timers/promises";
import { createPublicKey, verify } from "node:crypto";
import { expect, test } from "vitest";

import { digestOf } from "../../src/plan/digest.ts";
import { claimOf, plan, planned } from "../support/bot/hand-made-job.ts";
import { Stage } from "../support/bot/stage.ts";

const PROTECTED = "target: sqlite:/srv/app.db\napprovals: { required: 2 }\nrequire: [up-to-date]";

const RESULT = {
  belay: "0.1.0",
  command: "migrate",
  outcome: "migrated",
  startedAt: "2026-01-01T00:00:00Z",
  durationMs: 5,
  reasons: [],
  checklist: [],
};

test("plan, two approvals, migrated: with a real signature, a real identity token and a real grant at every step", async () => {
  await using stage = await Stage.open(PROTECTED);
  const { state } = stage.github;
  const pull = stage.openPull();
  const asked = await stage.say(pull, "ada", "/migrate prod");
  await stage.until("👀", () => state.reactions.find(({ comment, content }) => comment === asked && content === "eyes"));
  const { digest } = await plan(stage, pull);
  await stage.until("what it waits for", () => (stage.comment().includes("/approve r1") ? true : undefined));
  expect(stage.comment()).toContain("- ✅ the branch is up to date with its base\n- ⬜ 0 of 2 approved");

  await stage.say(pull, "ben", "/approve r1");
  await stage.until("ben's yes", () =>
    state.reactions.some(({ content, comment }) => content === "+1" && comment !== asked) ? true : undefined,
  );
  expect(state.runs.filter(({ title }) => title.startsWith("belay migrate"))).toEqual([]);
  await stage.say(pull, "cleo", "/approve r1");
  const run = await stage.until("the run", () => state.runs.find(({ title }) => title === "belay migrate prod r1"));

  const granted = await stage.claim(run, claimOf(stage, run, digest));
  expect(granted.status).toBe(200);
  const [head = "", claims = "", signature = ""] = String(granted.json["grant"]).split(".");
  const { keys } = (await (await fetch(`${stage.url}/.well-known/jwks.json`)).json()) as { keys: [{ kty: string }] };
  const key = createPublicKey({ key: keys[0], format: "jwk" });
  expect(verify(null, Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, "base64url"))).toBe(true);
  expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
    aud: "belay-action",
    sha: pull.head.sha,
    digest,
    request: "r1",
    run_id: run.id,
    approvers: [{ login: "ben" }, { login: "cleo" }],
  });
  const target = {
    name: "app",
    engine: "sqlite",
    outcome: "migrated",
    undisturbed: true,
    pending: [],
    applied: [],
    steps: [],
    backup: null,
  };
  const result = {
    ...RESULT,
    run: `RUN${run.id}`,
    environment: "prod",
    digest,
    targets: [{ ...target, checks: [], data: null, schema: null, rollback: null }],
  };
  const told = { version: 1, run: `RUN${run.id}`, seq: 1, at: new Date().toISOString(), type: "result", data: result };
  expect(await stage.post("/api/requests/r1/events", String(granted.json["events"]), told)).toMatchObject({ status: 204 });
  await stage.until("👍", () => state.reactions.find(({ comment, content }) => comment === asked && content === "+1"));
  await stage.until("the deployment", () => state.deploymentStatuses.find((each) => each.state === "success"));
  await stage.until("the last word", () => (/migrated/.test(stage.comment()) ? true : undefined));
  expect(stage.comment().split("\n\n").slice(-2)).toEqual([expect.stringContaining("🔒"), expect.stringMatching(/^\*\*Next:\*\*/)]);
  expect(state.comments.filter(({ app }) => app !== null)).toHaveLength(1);
});

test("a plan that its own job forged is refused, whatever digest it claims", async () => {
  await using stage = await Stage.open(PROTECTED);
  const pull = stage.openPull();
  await stage.say(pull, "ada", "/migrate prod");
  const run = await stage.until("the plan's run", () => stage.github.state.runs[0]);
  const granted = await stage.claim(run, claimOf(stage, run, null));
  const { digest, fields } = planned(stage);
  const harmless = { ...fields, targets: [] };
  const tell = (seq: number, data: object) =>
    stage.post("/api/requests/r1/events", String(granted.json["events"]), {
      version: 1,
      run: `RUN${run.id}`,
      seq,
      at: "2026-01-01T00:00:00Z",
      type: "plan",
      data,
    });
  expect(await tell(1, { outcome: "planned", digest, fields: harmless })).toMatchObject({ status: 403 });
  expect(await tell(2, { outcome: "planned", digest, fields, sql: "select 1" })).toMatchObject({ status: 400 });
  const elsewhere = { ...fields, policyDigest: "another" };
  expect(await tell(3, { outcome: "planned", digest: digestOf(elsewhere), fields: elsewhere })).toMatchObject({ status: 403 });
  expect(await tell(4, { outcome: "planned", digest, fields })).toMatchObject({ status: 204 });
});

test("forged, replayed, borrowed, re-run and stale claims get no grant, each for its reason", async () => {
  await using stage = await Stage.open(PROTECTED);
  const pull = stage.openPull();
  await stage.say(pull, "ada", "/migrate prod");
  const run = await stage.until("the plan's run", () => stage.github.state.runs[0]);
  const claim = (claims: object, more: object = {}) => stage.claim(run, claimOf(stage, run, null, more), { ...claims });
  const codes = ({ json }: { json: Readonly<Record<string, unknown>> }) => (json["reasons"] as { code: string }[]).map(({ code }) => code);

  for (const [claims, code] of [
    [{ repository_id: "1" }, "repository-unknown"],
    [{ event_name: "push" }, "job-unknown"],
    [{ ref: "refs/heads/change" }, "job-unknown"],
    [{ workflow_ref: "acme/shop/.github/workflows/evil.yml@refs/heads/main" }, "job-unknown"],
    [{ actor_id: "12" }, "job-unknown"],
    [{ environment: "production" }, "job-unknown"],
    [{ environment: undefined }, "job-unknown"],
    [{ run_attempt: "2" }, "rerun"],
    [{ exp: 1 }, "token-invalid"],
    [{ iat: Math.floor(Date.now() / 1000) + 120 }, "token-invalid"],
    [{ iss: "https://evil.example" }, "token-invalid"],
  ] as const)
    expect(codes(await claim(claims)), JSON.stringify(claims)).toEqual([code]);
  expect(codes(await claim({}, { sha: "a".repeat(40) }))).toEqual(["grant-mismatch"]);
  expect(codes(await claim({ environment: "production" }, { command: "migrate" }))).toEqual(["not-dispatched"]);
  expect(codes(await claim({}, { environment: "constructor" }))).toEqual(["job-unknown"]);
  expect(codes(await stage.claim(run, claimOf(stage, run, null), {}, "https://another.example"))).toEqual(["token-invalid"]);
  const token = await stage.identityToken(run);
  expect(codes(await stage.post("/api/grants", `${token.slice(0, -8)}AAAAAAAA`, claimOf(stage, run, null)))).toEqual(["token-invalid"]);

  const first = await stage.post("/api/grants", token, claimOf(stage, run, null));
  expect(first.status).toBe(200);
  expect(codes(await stage.post("/api/grants", token, claimOf(stage, run, null)))).toEqual(["token-used"]);
  expect(await stage.claim(run, claimOf(stage, run, null)), "the same run with a fresh token gets the same").toEqual(first);
  const other = stage.github.state.run({ event: "workflow_dispatch", actor: "belay[bot]", sha: run.sha, title: run.title, path: run.path });
  stage.github.state.inputs.set(other.id, stage.github.state.inputs.get(run.id) ?? {});
  expect(codes(await stage.claim(other, claimOf(stage, other, null)))).toEqual(["grant-used"]);
});

test("a key that GitHub's issuer exchanged is believed at once, and one that it never had makes nobody ask for its keys more than once a minute", async () => {
  await using stage = await Stage.open(PROTECTED);
  const { state, identities } = stage.github;
  await stage.say(stage.openPull(), "ada", "/migrate prod");
  const run = await stage.until("the plan's run", () => state.runs[0]);
  expect(await stage.claim(run, claimOf(stage, run, null, { sha: "a".repeat(40) }))).toMatchObject({ status: 403 });
  identities.exchangeKey();
  expect(await stage.claim(run, claimOf(stage, run, null, { sha: "a".repeat(40) }))).toMatchObject({ status: 403 });
  const [head, ...rest] = (await stage.identityToken(run)).split(".");
  const forged = { ...JSON.parse(Buffer.from(head ?? "", "base64url").toString()), kid: "nobody's" };
  const token = [Buffer.from(JSON.stringify(forged)).toString("base64url"), ...rest].join(".");
  for (let n = 0; n < 3; n++) expect(await stage.post("/api/grants", token, claimOf(stage, run, null))).toMatchObject({ status: 401 });
  expect(identities.keysAsked).toBe(2);
});

test("a push supersedes the request; the old one cannot be approved any more", async () => {
  await using stage = await Stage.open(PROTECTED);
  const { state } = stage.github;
  const pull = stage.openPull();
  await stage.say(pull, "ada", "/migrate prod");
  await plan(stage, pull);
  stage.project.git("checkout", "--quiet", "change");
  stage.project.write("migrations/002_y.sql", "create table y(id integer);\n");
  pull.head.sha = stage.project.commit("More");
  stage.project.git("checkout", "--quiet", "main");
  expect(await stage.deliver("pull_request", stage.pullPayload(pull, "synchronize", "ada"))).toBe(202);
  await stage.until("the old check's end", () =>
    state.checkRuns.find(({ externalId, conclusion }) => externalId === "r1:plan" && conclusion === "neutral"),
  );
  await stage.say(pull, "ben", "/approve r1");
  const answer = await stage.until("an answer", () => state.comments.find(({ body }) => body.includes("belay:1:answer")));
  expect(answer.body).toContain("that plan changed");
});

test("what was not finished when the bot was stopped goes on when it is started again, and nothing is there twice", async () => {
  await using stage = await Stage.open(PROTECTED);
  const { state } = stage.github;
  const pull = stage.openPull();
  const starting = "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches";
  stage.github.faults.add(starting, { kind: "status", status: 502 }, { times: 2 });
  const asked = await stage.say(pull, "ada", "/migrate prod");
  await stage.until("👀", () => state.reactions.find(({ comment }) => comment === asked));
  await stage.stop();
  await stage.start();
  await stage.until("the run", () => state.runs[0]);
  expect(await stage.deliver("issue_comment", stage.commentPayload(pull, asked))).toBe(202);
  await pause(200);
  expect(state.runs).toHaveLength(1);
  expect(state.comments.filter(({ app }) => app !== null).length).toBeLessThanOrEqual(1);
});

test("what GitHub could not deliver while the bot was down is asked for again, and obeyed once", async () => {
  await using stage = await Stage.open(PROTECTED);
  const { state } = stage.github;
  const pull = stage.openPull();
  await stage.stop();
  const comment = state.comment(pull.number, "ada", "/migrate prod");
  const payload = stage.commentPayload(pull, comment.id);
  state.deliveries.push({ id: 1, guid: "g-1", event: "issue_comment", payload, status: 0, at: state.now() });
  let asked = 0;
  state.onRedelivery = ({ event, payload: again, guid }) => {
    asked += 1;
    void stage
      .deliver(event, again, { "x-github-delivery": guid })
      .then((status) => state.deliveries.push({ id: 2, guid, event, payload: again, status, at: state.now() }));
  };
  await stage.start();
  await stage.until("the run", () => state.runs[0]);
  expect(asked).toBe(1);
  await stage.stop();
  await stage.start();
  await pause(300);
  expect(asked, "what arrived is not asked for again").toBe(1);
  expect(state.runs).toHaveLength(1);
});
