/** A migration file as Belay understands it: statements for each way, what its author asked for, and what is wrong with it. Pure. */

import type { SqlDialect } from "../../domain/session.ts";
import { readDirectives } from "./directives.ts";
import { LEXICONS } from "./lexicon.ts";
import type { Problem } from "./problem.ts";
import { refusedStatements } from "./rules.ts";
import { divideSections, type Section } from "./sections.ts";
import { splitStatements, type SplitStop, type Statement } from "./statements.ts";

/** One way of a migration, forward or back. */
export interface Way {
  readonly statements: readonly Statement[];
  /** False: the statements run one by one and are not undone when a later one fails. */
  readonly transaction: boolean;
  readonly foreignKeys: "check-at-commit" | "enforce";
  /** Empty: it can run. */
  readonly problems: readonly Problem[];
}

export interface Script {
  readonly up: Way;
  /** The way back that stands in the same file; null where there is none. */
  readonly down: Way | null;
}

export function parseScript(text: string, dialect: SqlDialect): Script {
  const { prelude, up, down, format, problems } = divideSections(text);
  const before = splitStatements(prelude.text, LEXICONS[dialect], prelude.firstLine);
  const early = problems.length > 0 ? [] : before.statements.map(({ line }) => statementAboveMarkers(format ?? "the tool", line));
  const way = (section: Section) => parseWay(section, dialect, before.comments);
  const forward = way(up);
  return { up: { ...forward, problems: [...problems, ...early, ...forward.problems] }, down: down === null ? null : way(down) };
}

function statementAboveMarkers(tool: string, line: number): Problem {
  return {
    code: "migration-sections",
    what: `has a statement above ${tool}'s first marker, which belongs to neither way`,
    hint: "move it below the marker for the way forward",
    line,
  };
}

/** A file that holds the way back and nothing else: `x.down.sql`, `x/down.sql`. */
export function parseDownScript(text: string, dialect: SqlDialect): Way {
  return parseWay({ text, firstLine: 1, transaction: true }, dialect, []);
}

function parseWay(section: Section, dialect: SqlDialect, preludeComments: ReturnType<typeof splitStatements>["comments"]): Way {
  const { statements, comments, stop } = splitStatements(section.text, LEXICONS[dialect], section.firstLine);
  const { directives, problems } = readDirectives([...preludeComments, ...comments]);
  const transaction = section.transaction && directives.transaction;
  return {
    statements,
    transaction,
    foreignKeys: directives.enforceForeignKeys ? "enforce" : "check-at-commit",
    problems: [...problems, ...refusedStatements(statements, dialect, transaction), ...(stop === null ? [] : [stopProblem(stop, dialect)])],
  };
}

const UNCLOSED = { string: "string", name: "quoted name", comment: "comment" } as const;

function stopProblem(stop: SplitStop, dialect: SqlDialect): Problem {
  const { line } = stop;
  switch (stop.kind) {
    case "unclosed":
      return {
        code: "migration-unclosed",
        what: `opens a ${UNCLOSED[stop.what]} that is never closed`,
        hint: "close it: as it stands, the rest of the file belongs to it",
        line,
      };
    case "client-command":
      return {
        code: "migration-client-command",
        what: `holds a command of ${LEXICONS[dialect].clientCommand.client}'s own, which is no SQL: ${stop.text}`,
        hint: "write out in SQL what it does, or move it to a script that migrate.tool command runs",
        line,
      };
    case "inline-data":
      return {
        code: "migration-inline-data",
        what: `reads rows that follow it in the script, which only psql can: ${stop.text}`,
        hint: "write the rows as INSERT statements (pg_dump --inserts does)",
        line,
      };
  }
}
