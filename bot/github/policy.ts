/** belay.yml of the default branch at its newest commit: the only policy that there is. */

import { parseRules, type EnvironmentRules } from "../../src/config/parse.ts";
import { BelayError } from "../../src/domain/error.ts";
import { policyDigest } from "../../src/plan/digest.ts";
import type { EnvironmentPolicy, PolicyFacts } from "../core/facts.ts";
import { type Api, orNone, statusOf } from "./api.ts";

export interface Policy {
  readonly facts: PolicyFacts;
  /** What is only needed to ask further; empty where there is no policy. */
  readonly rules: ReadonlyMap<string, EnvironmentRules>;
  readonly workflow: string;
  readonly branch: string;
}

export interface Names {
  readonly owner: string;
  readonly repo: string;
}

const PLACES = ["belay.yml", ".github/belay.yml"];
/** A commit's file never changes. */
const KEPT = 200;

export class Policies {
  readonly #url: string;
  readonly #known = new Map<string, Policy>();

  /** `url`: of this bot, which the file must name. */
  constructor(url: string) {
    this.#url = url;
  }

  async read(api: Api, names: Names): Promise<Policy> {
    const { default_branch: branch } = await api("get", "/repos/{owner}/{repo}", names);
    const { sha, tree } = await headOf(api, names, branch);
    const key = `${names.owner}/${names.repo} ${branch} ${sha}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const policy = policyOf(await textAt(api, names, sha), { branch, sha, tree, url: this.#url });
    this.#known.set(key, policy);
    for (const [oldest] of this.#known) {
      if (this.#known.size <= KEPT) break;
      this.#known.delete(oldest);
    }
    return policy;
  }
}

/** What speaks GitHub's language without being it may know a branch by one of its two addresses alone. */
async function headOf(api: Api, names: Names, branch: string): Promise<{ readonly sha: string; readonly tree: string }> {
  try {
    const { sha, commit } = await api("get", "/repos/{owner}/{repo}/commits/{ref}", { ...names, ref: `heads/${branch}` });
    return { sha, tree: commit.tree.sha };
  } catch (error) {
    if (![404, 422].includes(statusOf(error) ?? 0)) throw error;
    const { commit } = await api("get", "/repos/{owner}/{repo}/branches/{branch}", { ...names, branch });
    return { sha: commit.sha, tree: commit.commit.tree.sha };
  }
}

async function textAt(api: Api, names: Names, ref: string): Promise<string | null> {
  for (const path of PLACES) {
    const file = await orNone(api("get", "/repos/{owner}/{repo}/contents/{path}", { ...names, path, ref }));
    if (file === null || Array.isArray(file) || !("content" in file) || typeof file.content !== "string") continue;
    return Buffer.from(file.content, "base64").toString("utf8");
  }
  return null;
}

interface Read {
  readonly branch: string;
  readonly sha: string;
  readonly tree: string;
  readonly url: string;
}

function policyOf(text: string | null, { branch, sha, tree, url }: Read): Policy {
  const none = (facts: PolicyFacts): Policy => ({ facts, rules: new Map(), workflow: "", branch });
  if (text === null) return none({ kind: "missing" });
  try {
    const { bot, workflow, environments } = parseRules(text, {
      file: "/belay.yml",
      shownAs: "belay.yml",
      directory: "/",
      checkout: null,
      find: null,
    });
    if (bot?.replace(/\/+$/, "") !== url)
      return none({ kind: "unreadable", why: bot === null ? `it names no bot: write \`bot: ${url}\`` : "it names another bot" });
    const blocks = [...environments].map(([name, rules]) => [name, environmentPolicy(rules)] as const);
    return { facts: { kind: "read", sha, branch, tree, environments: Object.fromEntries(blocks) }, rules: environments, workflow, branch };
  } catch (error) {
    if (!(error instanceof BelayError)) throw error;
    return none({ kind: "unreadable", why: error.message });
  }
}

/** Where GitHub's environment or a review collects the approvals, the bot does not. */
function environmentPolicy({ name, policy, githubEnvironment, approvals, windows, needs, require }: EnvironmentRules): EnvironmentPolicy {
  return {
    name,
    digest: policyDigest(policy),
    githubEnvironment,
    approvals: approvals?.by === "bot" ? approvals : null,
    windows: windows.map(({ text }) => text),
    needs: needs?.name ?? null,
    require,
  };
}
