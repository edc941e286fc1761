/** What a reader should know of a migration before it runs. Each id is stable; a finding stops nothing. */

import type { Finding } from "../../domain/migration.ts";
import type { SqlDialect } from "../../domain/session.ts";
import { significantTokens } from "./lexer.ts";
import { LEXICONS, type Lexicon } from "./lexicon.ts";
import { placeOf } from "./problem.ts";
import type { Way } from "./script.ts";
import type { Statement } from "./statements.ts";

/** Every finding that the tool can make, with its effect and what to do instead. */
export const SQL_FINDINGS = {
  "drops-table": {
    effect: "the table and its rows are gone; only a rollback by Belay brings them back",
    workaround: "stop using the table first, and drop it in a later deploy",
  },
  "drops-column": {
    effect: "the column's values are gone; an application that still reads it fails",
    workaround: "deploy code that no longer uses the column first, and drop it in a later deploy",
  },
  "deletes-all-rows": { effect: "every row of the table is deleted", workaround: "add a WHERE, if not all of them are meant" },
  "updates-all-rows": { effect: "every row of the table is changed", workaround: "add a WHERE, if not all of them are meant" },
  "no-transaction": {
    effect: "a failure half-way leaves what ran before it; Belay then goes back by its copy",
    workaround: "keep only statements in it that cannot run in a transaction",
  },
  "pragma-without-effect": {
    effect: "SQLite ignores PRAGMA foreign_keys inside a transaction",
    workaround: "remove it: Belay checks references before the commit anyway; `-- belay: foreign-keys on` enforces them on the way",
  },
} as const satisfies Readonly<Record<string, { readonly effect: string; readonly workaround: string }>>;

type FindingId = keyof typeof SQL_FINDINGS;

interface Found {
  readonly id: FindingId;
  readonly line: number;
  readonly message: string;
}

export function findingsOf(way: Way, dialect: SqlDialect, file: string): readonly Finding[] {
  const lexicon = LEXICONS[dialect];
  const found: Found[] = way.transaction
    ? []
    : [
        {
          id: "no-transaction",
          line: way.statements[0]?.line ?? 1,
          message: `runs without a transaction: ${SQL_FINDINGS["no-transaction"].effect}`,
        },
      ];
  const comesAndGoes = passingTables(way.statements, lexicon);
  way.statements.forEach((statement, index) => {
    const one = findingOf(statement, lexicon, way.transaction, (table) => comesAndGoes(fold(table), index));
    if (one !== null) found.push({ ...one, line: statement.line });
  });
  return found.map(({ id, line, message }) => ({ id, place: placeOf(file, line), message }));
}

/** `passing`: dropping this table here is part of a rebuild, or cleans up what the script itself made. */
function findingOf(
  statement: Statement,
  lexicon: Lexicon,
  transaction: boolean,
  passing: (table: string) => boolean,
): Omit<Found, "line"> | null {
  const [first, second] = statement.head.split(" ");
  if (first === "DROP" && second === "TABLE") {
    const table = nameAfter(wordsOf(statement, lexicon), ["DROP", "TABLE"], ["IF", "EXISTS"]);
    return table === null || passing(table) ? null : { id: "drops-table", message: `drops the table ${table}` };
  }
  if (first === "ALTER" && second === "TABLE") return droppedColumn(wordsOf(statement, lexicon));
  if (first === "DELETE" || first === "UPDATE" || first === "WITH") return allRows(wordsOf(statement, lexicon));
  if (transaction && statement.head === "PRAGMA FOREIGN_KEYS" && /[=(]/.test(statement.text)) {
    return {
      id: "pragma-without-effect",
      message: "PRAGMA foreign_keys does nothing inside a transaction; Belay checks references before the commit",
    };
  }
  return null;
}

interface Word {
  readonly text: string;
  /** In capitals where it can be a keyword, empty for a quoted name or a sign. */
  readonly key: string;
  readonly depth: number;
}

/** The words, names and signs of a statement, with their depth in parentheses. */
function wordsOf({ text }: Statement, lexicon: Lexicon): readonly Word[] {
  const words: Word[] = [];
  let depth = 0;
  for (const { kind, start, end } of significantTokens(text, lexicon)) {
    if (kind === "close") depth--;
    const raw = text.slice(start, end);
    words.push({
      text: kind === "name" ? raw.slice(1, -1) : raw,
      key: kind === "word" ? raw.toUpperCase() : kind === "name" ? "" : raw,
      depth,
    });
    if (kind === "open") depth++;
  }
  return words;
}

/** The name that follows these words, with its schema where it has one. */
function nameAfter(words: readonly Word[], phrase: readonly string[], optional: readonly string[]): string | null {
  const follows = (at: number, keys: readonly string[]) => keys.every((key, index) => words[at + index]?.key === key);
  const at = words.findIndex((_, index) => follows(index, phrase));
  if (at < 0) return null;
  const start = at + phrase.length;
  return qualifiedName(words, start + (follows(start, optional) ? optional.length : 0));
}

function qualifiedName(words: readonly Word[], at: number): string | null {
  const name = words[at]?.text ?? null;
  return words[at + 1]?.key === "." ? `${name}.${words[at + 2]?.text ?? ""}` : name;
}

function droppedColumn(words: readonly Word[]): Omit<Found, "line"> | null {
  const table = nameAfter(words, ["ALTER", "TABLE"], ["IF", "EXISTS"]);
  const at = words.findIndex((word, index) => word.key === "DROP" && word.depth === 0 && index > 2);
  if (table === null || at < 0 || NO_COLUMN.has(words[at + 1]?.key ?? "")) return null;
  const column = nameAfter(words.slice(at), words[at + 1]?.key === "COLUMN" ? ["DROP", "COLUMN"] : ["DROP"], ["IF", "EXISTS"]);
  return column === null ? null : { id: "drops-column", message: `drops the column ${table}.${column}` };
}

/** What ALTER TABLE … DROP, or ALTER COLUMN … DROP, can drop that is no column. */
const NO_COLUMN = new Set(["CONSTRAINT", "DEFAULT", "NOT", "IDENTITY", "EXPRESSION"]);

function allRows(words: readonly Word[]): Omit<Found, "line"> | null {
  const outer = words.filter(({ depth }) => depth === 0);
  const verb = outer.find(
    ({ key }) => key === "DELETE" || key === "UPDATE" || key === "INSERT" || key === "SELECT" || key === "REPLACE" || key === "MERGE",
  );
  if (verb === undefined || outer.some(({ key }) => key === "WHERE" || key === "LIMIT")) return null;
  if (verb.key === "DELETE")
    return { id: "deletes-all-rows", message: `deletes every row of ${nameAfter(outer, ["DELETE", "FROM"], ["ONLY"]) ?? "a table"}` };
  if (verb.key === "UPDATE") return { id: "updates-all-rows", message: `changes every row of ${updatedTable(outer) ?? "a table"}` };
  return null;
}

function updatedTable(words: readonly Word[]): string | null {
  const or = nameAfter(words, ["UPDATE", "OR"], []);
  return or === null ? nameAfter(words, ["UPDATE"], ["ONLY"]) : nameAfter(words, ["UPDATE", "OR", or.toUpperCase()], []);
}

/** Tables that the script makes before a statement, or gives their name to after it. */
function passingTables(statements: readonly Statement[], lexicon: Lexicon): (table: string, at: number) => boolean {
  const made = new Map<string, number>();
  const renamedTo = new Map<string, number>();
  statements.forEach((statement, index) => {
    const created = createdTable(statement, lexicon);
    const renamed = renameTarget(statement, lexicon);
    if (created !== null && !made.has(created)) made.set(created, index);
    if (renamed !== null) renamedTo.set(renamed, index);
  });
  return (table, at) => (made.get(table) ?? at) < at || (renamedTo.get(table) ?? at) > at;
}

function renameTarget(statement: Statement, lexicon: Lexicon): string | null {
  if (!/^ALTER TABLE\b/.test(statement.head)) return null;
  const name = nameAfter(wordsOf(statement, lexicon), ["RENAME", "TO"], []);
  return name === null ? null : fold(name);
}

/** IF NOT EXISTS may find the table there, so it makes none for certain. */
function createdTable(statement: Statement, lexicon: Lexicon): string | null {
  if (!/^CREATE (TEMP |TEMPORARY |UNLOGGED )?TABLE\b(?! IF\b)/.test(statement.head)) return null;
  const name = nameAfter(wordsOf(statement, lexicon), ["TABLE"], []);
  return name === null ? null : fold(name);
}

/** Names compare without their schema and without case: a script that says both ways means one table. */
function fold(name: string): string {
  return (name.split(".").at(-1) ?? name).toLowerCase();
}
