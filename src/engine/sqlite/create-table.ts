/** What a CREATE TABLE statement says beyond what SQLite's pragmas tell: collations, checks, deferrability, conflict clauses. */

import { shownName } from "../../domain/shown-name.ts";
import { foldName } from "./identifiers.ts";
import { isKeyword, nameOf, normalised, type Token } from "./sql-tokens.ts";
import { splitAtCommas, TokenCursor } from "./token-cursor.ts";

export interface TableText {
  /** By folded name. */
  readonly columns: ReadonlyMap<string, ColumnText>;
  readonly constraints: readonly ConstraintText[];
  /** `STRICT`, `WITHOUT ROWID`, sorted. */
  readonly options: readonly string[];
  readonly autoincrement: boolean;
}

export interface ColumnText {
  readonly name: string;
  readonly type: string;
  /** Everything that belongs to the column alone: NOT NULL, DEFAULT, COLLATE, GENERATED; sorted, as their order says nothing. */
  readonly clauses: readonly string[];
}

export interface ConstraintText {
  readonly kind: "pk" | "unique" | "fk" | "check";
  /** What tells it from others of its kind: `(AlbumId)`, `.positive` for a named check, `(price > 0)` for one without a name. */
  readonly place: string;
  readonly definition: string;
}

const CLAUSE_STARTS = [
  "CONSTRAINT",
  "PRIMARY",
  "NOT",
  "NULL",
  "UNIQUE",
  "CHECK",
  "DEFAULT",
  "COLLATE",
  "REFERENCES",
  "GENERATED",
  "AS",
  "DEFERRABLE",
];

/** Reads the tokens of a statement as `sqlite_schema` holds it. Whatever is not understood ends up in a clause, so that no change is lost. */
export function readCreateTable(tokens: readonly Token[]): TableText {
  const open = tokens.findIndex((token) => token.text === "(" && token.kind === "operator");
  const statement = new TokenCursor(tokens.slice(open));
  const items = splitAtCommas(statement.group().slice(1, -1));
  const columns = new Map<string, ColumnText>();
  const constraints: ConstraintText[] = [];
  let autoincrement = false;
  for (const item of items) {
    const first = item[0];
    if (first === undefined) continue;
    if (isKeyword(first, "CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")) {
      const read = readTableConstraints(new TokenCursor(item));
      constraints.push(...read.constraints);
      autoincrement ||= read.autoincrement;
    } else {
      const read = readColumn(nameOf(first), new TokenCursor(item.slice(1)));
      columns.set(foldName(read.column.name), read.column);
      constraints.push(...read.constraints);
      autoincrement ||= read.autoincrement;
    }
  }
  const options = splitAtCommas(statement.rest())
    .map(normalised)
    .filter((option) => option !== "");
  return { columns, constraints, options: options.map((option) => option.toUpperCase()).sort(), autoincrement };
}

interface ReadColumn {
  readonly column: ColumnText;
  readonly constraints: ConstraintText[];
  readonly autoincrement: boolean;
}

function readColumn(name: string, cursor: TokenCursor): ReadColumn {
  const type: Token[] = [];
  while (!cursor.atEnd() && !cursor.at(...CLAUSE_STARTS)) type.push(...cursor.group());
  const own = `(${shownName(name)})`;
  const clauses: string[] = [];
  const constraints: ConstraintText[] = [];
  let autoincrement = false;
  while (!cursor.atEnd()) {
    const label = readLabel(cursor);
    if (cursor.at("PRIMARY")) {
      const clause = [...cursor.take(2), ...cursor.takeWhile("ASC", "DESC"), ...readConflict(cursor)];
      autoincrement ||= cursor.takeWhile("AUTOINCREMENT").length > 0;
      constraints.push(constraint("pk", "", label, `${normalised(clause)} ${own}`));
    } else if (cursor.at("UNIQUE")) {
      constraints.push(constraint("unique", own, label, normalised([...cursor.take(1), ...readConflict(cursor)])));
    } else if (cursor.at("CHECK")) {
      constraints.push(readCheck(cursor, label));
    } else if (cursor.at("REFERENCES")) {
      constraints.push(constraint("fk", own, label, readReferences(cursor)));
    } else {
      const clause = readColumnClause(cursor);
      if (clause !== "NULL") clauses.push(label + clause);
    }
  }
  return { column: { name, type: normalised(type).toUpperCase(), clauses: clauses.sort() }, constraints, autoincrement };
}

function readColumnClause(cursor: TokenCursor): string {
  if (cursor.at("NOT")) return normalised([...cursor.take(2), ...readConflict(cursor)]);
  if (cursor.at("NULL")) return normalised([...cursor.take(1), ...readConflict(cursor)]);
  if (cursor.at("COLLATE")) return normalised(cursor.take(2)).toUpperCase();
  if (cursor.at("DEFAULT")) {
    cursor.take(1);
    const sign = cursor.takeOperator("+", "-");
    const value = cursor.group();
    const [word] = value;
    // A bare word may be a string here, so that its case counts.
    return `DEFAULT ${sign}${value.length === 1 && word?.kind === "word" ? word.text : normalised(value)}`;
  }
  if (cursor.at("GENERATED", "AS")) {
    cursor.takeWhile("GENERATED", "ALWAYS");
    cursor.take(1);
    const expression = normalised(cursor.group());
    const stored = isKeyword(cursor.takeWhile("STORED", "VIRTUAL")[0], "STORED");
    return `GENERATED ALWAYS AS ${expression} ${stored ? "STORED" : "VIRTUAL"}`;
  }
  return normalised(cursor.group());
}

function readTableConstraints(cursor: TokenCursor): { constraints: ConstraintText[]; autoincrement: boolean } {
  const constraints: ConstraintText[] = [];
  let autoincrement = false;
  while (!cursor.atEnd()) {
    const label = readLabel(cursor);
    if (cursor.at("PRIMARY")) {
      const keyword = cursor.take(2);
      const columns = cursor.group();
      autoincrement ||= columns.some((token) => isKeyword(token, "AUTOINCREMENT"));
      const named = columns.filter((token) => !isKeyword(token, "AUTOINCREMENT"));
      constraints.push(constraint("pk", "", label, `${normalised([...keyword, ...readConflict(cursor)])} ${columnList(named)}`));
    } else if (cursor.at("UNIQUE")) {
      const keyword = cursor.take(1);
      const columns = columnList(cursor.group());
      constraints.push(constraint("unique", columns, label, normalised([...keyword, ...readConflict(cursor)])));
    } else if (cursor.at("CHECK")) {
      constraints.push(readCheck(cursor, label));
    } else if (cursor.at("FOREIGN")) {
      cursor.take(2);
      const columns = columnList(cursor.group());
      constraints.push(constraint("fk", columns, label, readReferences(cursor)));
    } else {
      constraints.push(constraint("check", "", label, normalised(cursor.group())));
    }
  }
  return { constraints, autoincrement };
}

function readLabel(cursor: TokenCursor): string {
  if (!cursor.at("CONSTRAINT")) return "";
  return `CONSTRAINT ${cursor.take(2).slice(1).map(nameOf).map(shownName).join("")} `;
}

function readCheck(cursor: TokenCursor, label: string): ConstraintText {
  cursor.take(1);
  const expression = normalised(cursor.group());
  const conflict = normalised(readConflict(cursor));
  const place = label === "" ? expression : `.${label.slice("CONSTRAINT ".length).trim()}`;
  return constraint("check", place, label, `CHECK ${expression} ${conflict}`.trim());
}

/** The actions in one order, and spelled out where they are left out. MATCH and deferrability as written. */
function readReferences(cursor: TokenCursor): string {
  cursor.take(1);
  const parent = shownName(cursor.take(1).map(nameOf).join(""));
  const columns = cursor.atOperator("(") ? columnList(cursor.group()) : "";
  const actions = new Map([
    ["DELETE", "NO ACTION"],
    ["UPDATE", "NO ACTION"],
  ]);
  const others: string[] = [];
  for (;;) {
    if (cursor.at("ON")) {
      const [, event] = cursor.take(2);
      const action = cursor.take(cursor.at("SET", "NO") ? 2 : 1);
      actions.set(normalised(event === undefined ? [] : [event]), normalised(action));
    } else if (cursor.at("MATCH")) {
      others.push(normalised(cursor.take(2)).toUpperCase());
    } else if (cursor.at("DEFERRABLE") || (cursor.at("NOT") && isKeyword(cursor.peek(1), "DEFERRABLE"))) {
      others.push(normalised([...cursor.takeWhile("NOT", "DEFERRABLE"), ...(cursor.at("INITIALLY") ? cursor.take(2) : [])]));
    } else {
      const spelled = [...actions].map(([event, action]) => `ON ${event} ${action}`);
      return ["REFERENCES", `${parent}${columns}`, ...spelled, ...others].join(" ");
    }
  }
}

function readConflict(cursor: TokenCursor): Token[] {
  return cursor.at("ON") && isKeyword(cursor.peek(1), "CONFLICT") ? cursor.take(3) : [];
}

/** `(a, b DESC)`: names bare where they can be. */
function columnList(group: readonly Token[]): string {
  const columns = splitAtCommas(group.slice(1, -1)).map(([name, ...rest]) => {
    const shown = name === undefined ? "" : shownName(nameOf(name));
    return rest.length === 0 ? shown : `${shown} ${normalised(rest)}`;
  });
  return `(${columns.join(", ")})`;
}

function constraint(kind: ConstraintText["kind"], place: string, label: string, definition: string): ConstraintText {
  return { kind, place, definition: label + definition };
}
