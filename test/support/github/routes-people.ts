import { type ApiRequest, found, ok, page, param, Refusal, route, type Route } from "./route.ts";
import { personShape, places, userShape } from "./shapes.ts";
import type { Team } from "./state.ts";

const READ_MEMBERS = [["members", "read"]] as const;

export const PEOPLE: readonly Route[] = [
  route("get", "/orgs/{org}/teams/{team_slug}/members", READ_MEMBERS, (request) =>
    page(
      request,
      team(request).members.map((member) => userShape(member, request.base)),
    ),
  ),
  route("get", "/orgs/{org}/teams/{team_slug}/memberships/{username}", READ_MEMBERS, (request) => {
    const login = param(request, "username").toLowerCase();
    const member = found(team(request).members.find((each) => each.login.toLowerCase() === login));
    const { url } = userShape(member, request.base);
    return ok({ url: `${url}/memberships/${team(request).slug}`, role: "member", state: "active" });
  }),
  route("get", "/repos/{owner}/{repo}/collaborators/{username}/permission", [], (request) => {
    const { state, base } = request;
    const login = param(request, "username").toLowerCase();
    const user = found(state.users.find((each) => each.login.toLowerCase() === login));
    const permission = state.writers.has(user.login) ? "write" : "read";
    return ok({ permission, role_name: permission, user: { ...userShape(user, base), role_name: permission } });
  }),
  // A person's own page; an app's token belongs to nobody. Asked for through the workflow's token it must not be a way to find out who that is.
  route("get", "/user", [], (request) => {
    const { token, base, state } = request;
    if (token.kind === "nobody") throw new Refusal(401, "Requires authentication");
    if (token.kind === "installation") throw new Refusal(403, "Resource not accessible by integration");
    return ok(personShape(token.user, base, state.now()));
  }),
  route("get", "/rate_limit", [], ({ token: { rate } }) => {
    const core = { limit: rate.limit, used: rate.used, remaining: Math.max(0, rate.limit - rate.used), reset: rate.reset };
    return ok({ resources: { core, search: { limit: 30, used: 0, remaining: 30, reset: rate.reset } }, rate: core });
  }),
];

function team(request: ApiRequest): Team {
  const { state } = request;
  const known = places(request).web.includes(`/${param(request, "org")}/`);
  return found(known ? state.teams.find(({ slug }) => slug === param(request, "team_slug")) : null);
}
