/** GitHub's own shapes of what everything else mentions: users, teams, repositories. Addresses are real enough to be followed or shown. */

import type { components } from "@octokit/openapi-types";

import type { ApiRequest } from "./route.ts";
import type { App, Repository, Team, User } from "./state.ts";

type Schemas = components["schemas"];

/** Where people look, as `GITHUB_SERVER_URL` says. */
export const WEB = "https://github.example";

export function nodeId(kind: string, id: number): string {
  return Buffer.from(`${kind}${id}`).toString("base64url");
}

export function userShape(user: User, base: string): Schemas["simple-user"] {
  const api = `${base}/users/${encodeURIComponent(user.login)}`;
  return {
    login: user.login,
    id: user.id,
    node_id: nodeId("U", user.id),
    avatar_url: `${WEB}/avatars/u/${user.id}?v=4`,
    gravatar_id: "",
    url: api,
    html_url: `${WEB}/${user.login}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type: user.type,
    user_view_type: "public",
    site_admin: false,
  };
}

/** A person's own page. */
export function personShape(user: User, base: string, at: string): Schemas["public-user"] {
  return {
    ...userShape(user, base),
    name: null,
    email: null,
    company: null,
    blog: null,
    location: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: at,
    updated_at: at,
    user_view_type: "public",
  };
}

export function teamShape(team: Team, organization: User, base: string): Schemas["team"] {
  const api = `${base}/orgs/${organization.login}/teams/${team.slug}`;
  return {
    id: team.id,
    node_id: nodeId("T", team.id),
    name: team.slug,
    slug: team.slug,
    description: null,
    privacy: "closed",
    permission: "push",
    url: api,
    html_url: `${WEB}/orgs/${organization.login}/teams/${team.slug}`,
    members_url: `${api}/members{/member}`,
    repositories_url: `${api}/repos`,
    type: "organization",
    organization_id: organization.id,
    parent: null,
  };
}

export function appShape({ id, slug }: App, { state, base }: View): NonNullable<Schemas["integration"]> {
  const at = "2026-01-02T03:04:05Z";
  return {
    id,
    slug,
    node_id: nodeId("A", id),
    owner: userShape(state.repository.owner, base),
    name: slug,
    description: null,
    external_url: WEB,
    html_url: `${WEB}/apps/${slug}`,
    created_at: at,
    updated_at: at,
    permissions: { metadata: "read" },
    events: [],
  };
}

export function installationShape({ id: appId, slug, installedAt }: App, id: number, { state, base }: View): Schemas["installation"] {
  const account = userShape(state.repository.owner, base);
  return {
    id,
    account,
    repository_selection: "selected",
    access_tokens_url: `${base}/app/installations/${id}/access_tokens`,
    repositories_url: `${base}/installation/repositories`,
    html_url: `${WEB}/settings/installations/${id}`,
    app_id: appId,
    app_slug: slug,
    target_id: Number(account.id),
    target_type: "Organization",
    permissions: { metadata: "read" },
    events: [],
    created_at: installedAt,
    updated_at: installedAt,
    single_file_name: null,
    suspended_by: null,
    suspended_at: null,
  };
}

/** `owner`: a fork's, where it is not the repository's own. */
export function repositoryShape(
  repository: Repository,
  base: string,
  owner: User = repository.owner,
): Schemas["repository"] & Schemas["full-repository"] & Schemas["minimal-repository"] {
  const fullName = `${owner.login}/${repository.name}`;
  const api = `${base}/repos/${fullName}`;
  const at = "2026-01-02T03:04:05Z";
  return {
    id: owner.id === repository.owner.id ? repository.id : owner.id * 1000,
    node_id: nodeId("R", repository.id),
    name: repository.name,
    full_name: fullName,
    owner: userShape(owner, base),
    private: repository.isPrivate,
    visibility: repository.isPrivate ? "private" : "public",
    html_url: `${WEB}/${fullName}`,
    description: null,
    fork: owner.id !== repository.owner.id,
    default_branch: repository.defaultBranch,
    url: api,
    ...repositoryAddresses(api),
    ...repositoryWebAddresses(fullName),
    homepage: null,
    language: null,
    license: null,
    forks: 0,
    forks_count: 0,
    stargazers_count: 0,
    subscribers_count: 0,
    network_count: 0,
    watchers: 0,
    watchers_count: 0,
    open_issues: 0,
    open_issues_count: 0,
    size: 1,
    topics: [],
    is_template: false,
    has_issues: true,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_downloads: false,
    has_discussions: false,
    archived: false,
    disabled: false,
    pushed_at: at,
    created_at: at,
    updated_at: at,
    temp_clone_token: "",
    permissions: { admin: false, push: true, pull: true },
  };
}

function repositoryWebAddresses(fullName: string) {
  const web = `${WEB}/${fullName}`;
  return {
    git_url: `git:${web.slice("https:".length)}.git`,
    ssh_url: `git@${WEB.slice("https://".length)}:${fullName}.git`,
    clone_url: `${web}.git`,
    svn_url: web,
    mirror_url: null,
  };
}

function repositoryAddresses(api: string) {
  return {
    archive_url: `${api}/{archive_format}{/ref}`,
    assignees_url: `${api}/assignees{/user}`,
    blobs_url: `${api}/git/blobs{/sha}`,
    branches_url: `${api}/branches{/branch}`,
    collaborators_url: `${api}/collaborators{/collaborator}`,
    comments_url: `${api}/comments{/number}`,
    commits_url: `${api}/commits{/sha}`,
    compare_url: `${api}/compare/{base}...{head}`,
    contents_url: `${api}/contents/{+path}`,
    contributors_url: `${api}/contributors`,
    deployments_url: `${api}/deployments`,
    downloads_url: `${api}/downloads`,
    events_url: `${api}/events`,
    forks_url: `${api}/forks`,
    git_commits_url: `${api}/git/commits{/sha}`,
    git_refs_url: `${api}/git/refs{/sha}`,
    git_tags_url: `${api}/git/tags{/sha}`,
    hooks_url: `${api}/hooks`,
    issue_comment_url: `${api}/issues/comments{/number}`,
    issue_events_url: `${api}/issues/events{/number}`,
    issues_url: `${api}/issues{/number}`,
    keys_url: `${api}/keys{/key_id}`,
    labels_url: `${api}/labels{/name}`,
    languages_url: `${api}/languages`,
    merges_url: `${api}/merges`,
    milestones_url: `${api}/milestones{/number}`,
    notifications_url: `${api}/notifications{?since,all,participating}`,
    pulls_url: `${api}/pulls{/number}`,
    releases_url: `${api}/releases{/id}`,
    stargazers_url: `${api}/stargazers`,
    statuses_url: `${api}/statuses/{sha}`,
    subscribers_url: `${api}/subscribers`,
    subscription_url: `${api}/subscription`,
    tags_url: `${api}/tags`,
    teams_url: `${api}/teams`,
    trees_url: `${api}/git/trees{/sha}`,
  };
}

/** What a shape is made from: what is known, and the address that links start with. */
export type View = Pick<ApiRequest, "state" | "base">;

/** API and web address of the repository. */
export function places({ state: { repository }, base }: View): { readonly api: string; readonly web: string } {
  const fullName = `${repository.owner.login}/${repository.name}`;
  return { api: `${base}/repos/${fullName}`, web: `${WEB}/${fullName}` };
}
