/**
 * On GitHub: which belay.yml decides. Nothing that a pull request can change decides policy (P8): the file of the default branch
 * counts, whole; of the checkout's own only checks that are added are asked as well, and what it changes is shown. Pure.
 */

import { isDeepStrictEqual } from "node:util";
import type { CheckConfig } from "../domain/check.ts";
import { BelayError, messageOf, refusal } from "../domain/error.ts";
import { lineDifference } from "../domain/line-difference.ts";
import type { PolicyOrigin } from "../domain/policy-origin.ts";
import { chooseEnvironment } from "./choose.ts";
import type { Config, Environment } from "./config.ts";
import { parseConfig, type ParseRequest } from "./parse.ts";

/** belay.yml of the default branch at one commit. */
export interface RulingFile {
  readonly sha: string;
  readonly branch: string;
  readonly path: string;
  /** null: the default branch has none. */
  readonly text: string | null;
}

export interface Ruling {
  readonly config: Config;
  readonly environment: Environment;
  readonly origin: PolicyOrigin;
}

/**
 * `own`: the text of the checkout's file; null where it has none. Throws the refusal `policy-missing` where the default branch does
 * not know the environment, and what `parseConfig` and `chooseEnvironment` throw of the default branch's file.
 */
export function ruling(file: RulingFile, own: string | null, request: ParseRequest): Ruling {
  const { sha, branch, path, text } = file;
  if (text === null) throw policyMissing(`${branch} has no ${path}`, file, own !== null);
  const config = parseConfig(text, { ...request, shownAs: own === text ? path : `${path} of ${branch}` });
  if (request.environment !== null && !config.names.includes(request.environment) && knows(own, request)) {
    throw policyMissing(`${path} of ${branch} has no environment ${JSON.stringify(request.environment)}`, file, true);
  }
  const environment = chooseEnvironment(config, request.environment);
  const added = own === null || own === text ? NOTHING : addedChecks(own, { ...request, environment: environment.name }, environment);
  return {
    config,
    environment: { ...environment, checks: { ...environment.checks, ...added.checks } },
    origin: {
      sha,
      branch,
      path,
      difference: own === null ? [] : lineDifference(text, own),
      addedChecks: added.names,
      ...(added.flaw === null ? {} : { flaw: added.flaw }),
    },
  };
}

function policyMissing(what: string, { sha, branch, path }: RulingFile, inCheckout: boolean): BelayError {
  return refusal("policy-missing", `${what} (at ${sha.slice(0, 7)}), and what may be done is decided there`, {
    hint: `merge ${path} into ${branch} first; until then \`plan\` on a pull request shows what Belay would do`,
    facts: { inCheckout },
  });
}

/** Whether the checkout's file has the environment that is asked for: a typing mistake is none of the default branch's. */
function knows(own: string | null, request: ParseRequest): boolean {
  if (own === null || request.environment === null) return false;
  try {
    return parseConfig(own, { ...request, environment: null, find: null }).names.includes(request.environment);
  } catch (error) {
    if (error instanceof BelayError) return true; // it cannot be told, and merging comes first in any case
    throw error;
  }
}

interface Added {
  readonly checks: Partial<Environment["checks"]>;
  readonly names: readonly string[];
  /** Why the checkout's file could not be read. */
  readonly flaw: string | null;
}

const NOTHING: Added = { checks: {}, names: [], flaw: null };

function addedChecks(own: string, request: ParseRequest, { checks }: Environment): Added {
  let theirs: Environment["checks"];
  try {
    theirs = chooseEnvironment(parseConfig(own, { ...request, find: null }), request.environment).checks;
  } catch (error) {
    if (error instanceof BelayError) return { ...NOTHING, flaw: messageOf(error) };
    throw error;
  }
  const before = together(checks.before, theirs.before);
  const after = together(checks.after, theirs.after);
  const health = together(checks.health, theirs.health);
  return {
    checks: { before: before.all, after: after.all, health: health.all },
    names: [...before.added, ...after.added, ...health.added],
    flaw: null,
  };
}

function together(ours: readonly CheckConfig[], theirs: readonly CheckConfig[]) {
  const names = new Set(ours.map(({ name }) => name));
  const added = theirs
    .filter((check) => !ours.some((known) => isDeepStrictEqual(known, check)))
    .map((check) => (names.has(check.name) ? { ...check, name: `${check.name} (as changed)` } : check));
  return { all: [...ours, ...added], added: added.map(({ name }) => name) };
}
