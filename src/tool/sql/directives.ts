/** `-- belay:` lines at the top of a script: what its author asks of Belay. */

import { nearest } from "../../domain/nearest.ts";
import type { Problem } from "./problem.ts";
import type { CommentLine } from "./statements.ts";

export interface Directives {
  /** False: the statements run one by one, and the history row is written after the last. */
  readonly transaction: boolean;
  /** References are enforced statement by statement, cascades included, instead of checked before the commit. */
  readonly enforceForeignKeys: boolean;
}

const NO_TRANSACTION = "no-transaction";
const FOREIGN_KEYS_ON = "foreign-keys on";
const KNOWN = [NO_TRANSACTION, FOREIGN_KEYS_ON];

export function readDirectives(comments: readonly CommentLine[]): {
  readonly directives: Directives;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const asked = new Set<string>();
  for (const { text, line, top } of comments) {
    const given = /^--+\s*belay\s*:\s*(.*)$/i.exec(text)?.[1]?.trim().toLowerCase().replace(/\s+/g, " ");
    if (given === undefined) continue;
    if (!KNOWN.includes(given)) problems.push(unknown(given, line));
    else if (!top) problems.push(tooLow(given, line));
    else asked.add(given);
  }
  if (asked.size === 2) problems.push(CONFLICT);
  return { directives: { transaction: !asked.has(NO_TRANSACTION), enforceForeignKeys: asked.has(FOREIGN_KEYS_ON) }, problems };
}

function unknown(given: string, line: number): Problem {
  const meant = nearest(given, KNOWN);
  const known = KNOWN.map((directive) => `-- belay: ${directive}`).join(" and ");
  return {
    code: "migration-directive",
    what: `has the unknown directive "belay: ${given}"`,
    hint: meant === null ? `known are ${known}` : `did you mean "-- belay: ${meant}"?`,
    line,
  };
}

function tooLow(given: string, line: number): Problem {
  return {
    code: "migration-directive",
    what: `has "belay: ${given}" below its first statement, where it would come too late`,
    hint: "move the line to the top of the file: it holds for all of it",
    line,
  };
}

const CONFLICT: Problem = {
  code: "migration-directive",
  what: `asks for "${NO_TRANSACTION}" and "${FOREIGN_KEYS_ON}": the second holds for a transaction only`,
  hint: "keep one of them; without a transaction the script sets foreign keys itself",
  line: null,
};
