/** What a GitHub App asks for: who it is, its tokens, reactions, workflows that it starts. */

import { generateKeyPairSync, randomBytes } from "node:crypto";

import { type ApiRequest, created, field, found, ok, page, param, Refusal, route, type Route, text } from "./route.ts";
import { runShape } from "./routes-actions.ts";
import { appShape, installationShape, nodeId, personShape, userShape } from "./shapes.ts";

const READ = [["actions", "read"]] as const;
const WRITE = [["actions", "write"]] as const;
const MARKS = ["+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket"] as const;

export const APPS: readonly Route[] = [
  route("get", "/app", [], (request) => ok(appShape(ownApp(request), request))),
  route("post", "/app-manifests/{code}/conversions", [], (request) => {
    const { state } = request;
    const code = param(request, "code");
    const { name } = found(state.manifests.get(code));
    state.manifests.delete(code);
    state.app = { id: state.nextId(), installedAt: state.now(), slug: name, user: state.user(`${name}[bot]`) };
    const pem = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs1", format: "pem" }).toString();
    const secrets = { client_id: "Iv1.x", client_secret: "c".repeat(40), webhook_secret: randomBytes(20).toString("hex"), pem };
    return created({ ...appShape(state.app, request), ...secrets });
  }),
  route("get", "/users/{username}", [], (request) => {
    const user = found(request.state.users.find(({ login }) => login === param(request, "username")));
    return ok(personShape(user, request.base, request.state.now()));
  }),
  route("post", "/app/installations/{installation_id}/access_tokens", [], (request) => {
    ownApp(request);
    const token = request.installationToken();
    return created({
      token,
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
      permissions: {},
      repository_selection: "selected",
    });
  }),
  route("get", "/app/installations/{installation_id}", [], (request) => {
    const app = ownApp(request);
    return ok(installationShape(app, Number(param(request, "installation_id")), request));
  }),
  route("get", "/app/hook/deliveries", [], (request) => {
    ownApp(request);
    return ok(
      request.state.deliveries.toReversed().map(({ id, guid, event, status, at }) => ({
        id,
        guid,
        delivered_at: at,
        redelivery: false,
        duration: 0.1,
        status: status === 200 ? "OK" : "failed",
        status_code: status,
        event,
        action: "created",
        installation_id: 99,
        repository_id: request.state.repository.id,
      })),
    );
  }),
  route("post", "/app/hook/deliveries/{delivery_id}/attempts", [], (request) => {
    ownApp(request);
    const delivery = found(request.state.deliveries.find(({ id, isGone }) => id === Number(param(request, "delivery_id")) && !isGone));
    setImmediate(() => request.state.onRedelivery(delivery));
    return { status: 202, json: undefined };
  }),
  route("post", "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions", [["issues", "write"]], (request) => {
    const { state, token, base } = request;
    const comment = found(state.comments.find(({ id }) => id === Number(param(request, "comment_id"))));
    const content = MARKS.find((mark) => mark === text(request, "content"));
    if (content === undefined) throw new Refusal(422, "Validation Failed");
    const known = state.reactions.find((each) => each.comment === comment.id && each.content === content && each.user === token.user);
    const reaction = known ?? { id: state.nextId(), comment: comment.id, content, user: token.user };
    if (known === undefined) state.reactions.push(reaction);
    const shape = {
      id: reaction.id,
      node_id: nodeId("REA", reaction.id),
      user: userShape(token.user, base),
      content,
      created_at: state.now(),
    };
    return known === undefined ? created(shape) : ok(shape);
  }),
  route("get", "/repos/{owner}/{repo}/activity", [["contents", "read"]], (request) => {
    const branch = (request.query.get("ref") ?? "").replace("refs/heads/", "");
    const { state, base } = request;
    const moves = state.pushes.filter((push) => push.branch === branch);
    return page(
      request,
      moves.toReversed().map(({ id, by }) => ({
        id,
        node_id: nodeId("PSH", id),
        before: "0".repeat(40),
        after: "0".repeat(40),
        ref: `refs/heads/${branch}`,
        timestamp: state.now(),
        activity_type: "push" as const,
        actor: userShape(by, base),
      })),
    );
  }),
  route("post", "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches", WRITE, async (request) => {
    const { state, token, base } = request;
    const inputs = Object.fromEntries(Object.entries(Object(field(request, "inputs"))).map(([name, value]) => [name, String(value)]));
    const sha = found(await request.git.resolve(text(request, "ref")));
    const title = `belay ${inputs["command"]} ${inputs["environment"]} ${inputs["request"]}`;
    const path = `.github/workflows/${param(request, "workflow_id")}`;
    const run = state.run({ event: "workflow_dispatch", actor: token.user.login, sha, title, path });
    state.inputs.set(run.id, inputs);
    setImmediate(() => state.onDispatch(run));
    if (field(request, "return_run_details") !== true) return { status: 204, json: undefined as never };
    return ok({ workflow_run_id: run.id, run_url: `${base}/runs/${run.id}`, html_url: `${base}/runs/${run.id}` });
  }),
  route("get", "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs", READ, async (request) => {
    const path = `.github/workflows/${param(request, "workflow_id")}`;
    const runs = request.state.runs.filter((run) => run.path === path).toReversed();
    return ok({ total_count: runs.length, workflow_runs: await Promise.all(runs.map((run) => runShape(request, run))) });
  }),
];

function ownApp({ state, token }: ApiRequest) {
  if (token.kind !== "app") throw new Refusal(401, "A JSON web token could not be decoded");
  return found(state.app);
}
