/** Statements that may not stand in a migration, or not in this kind of one. Data: the first words that tell them, why, and what to do. */

import type { SqlDialect } from "../../domain/session.ts";
import type { Problem } from "./problem.ts";
import type { Statement } from "./statements.ts";

interface Rule {
  readonly code: string;
  readonly dialects: readonly SqlDialect[];
  /** In which scripts it is refused: those that run in a transaction, those that do not, or all. */
  readonly where: "transaction" | "no-transaction" | "always";
  readonly head: RegExp;
  /** Narrows the head where it cannot tell alone. */
  readonly text?: RegExp;
  readonly what: (words: string) => string;
  readonly hint: string;
}

const BOTH: readonly SqlDialect[] = ["sqlite", "postgres"];
const NEEDS_NONE = 'put "-- belay: no-transaction" at the top of a file of its own with just this statement';

const RULES: readonly Rule[] = [
  {
    code: "migration-has-transaction",
    dialects: ["sqlite"],
    where: "always",
    head: /^(BEGIN|COMMIT|END|ROLLBACK(?! (TRANSACTION )?TO\b))\b/,
    what: (words) => `holds its own ${words}, which would end the transaction that keeps the migration and its history row together`,
    hint: "delete the script's own BEGIN, COMMIT, END and ROLLBACK: Belay runs each migration in one transaction",
  },
  {
    code: "migration-has-transaction",
    dialects: ["postgres"],
    where: "always",
    head: /^(BEGIN|START TRANSACTION|COMMIT|END|ABORT|PREPARE TRANSACTION|ROLLBACK(?! (WORK |TRANSACTION )?TO\b))\b/,
    what: (words) => `holds its own ${words}, which would end the transaction that keeps the migration and its history row together`,
    hint: "delete the script's own BEGIN, COMMIT, END and ROLLBACK: Belay runs each migration in one transaction",
  },
  {
    code: "migration-has-transaction",
    dialects: BOTH,
    where: "no-transaction",
    head: /^(SAVEPOINT|RELEASE|ROLLBACK)\b/,
    what: (words) => `holds ${words} although it runs without a transaction`,
    hint: 'remove "-- belay: no-transaction", or the savepoints',
  },
  {
    code: "migration-attaches",
    dialects: ["sqlite"],
    where: "always",
    head: /^(ATTACH|DETACH)\b/,
    what: (words) => `holds ${words}: what lies in another file is in no backup and would not be brought back`,
    hint: "give the other file a target of its own, or copy its data in before the migration",
  },
  {
    code: "migration-needs-no-transaction",
    dialects: ["sqlite"],
    where: "transaction",
    head: /^VACUUM\b/,
    what: (words) => `holds ${words}, which SQLite refuses inside a transaction`,
    hint: NEEDS_NONE,
  },
  {
    code: "migration-needs-no-transaction",
    dialects: ["sqlite"],
    where: "transaction",
    head: /^PRAGMA\b/,
    text: /^pragma\s+(?:\w+\s*\.\s*)?(journal_mode|synchronous|auto_vacuum|temp_store)\s*[=(]/i,
    what: (words) => `holds ${words}, which SQLite refuses or ignores inside a transaction`,
    hint: NEEDS_NONE,
  },
  {
    code: "migration-needs-no-transaction",
    dialects: ["postgres"],
    where: "transaction",
    head: /^(VACUUM|ALTER SYSTEM|(CREATE|DROP) (DATABASE|TABLESPACE)|(CREATE (UNIQUE )?|DROP |REINDEX )INDEX CONCURRENTLY|REINDEX (TABLE |SCHEMA |DATABASE |SYSTEM )CONCURRENTLY|REINDEX (SCHEMA|DATABASE|SYSTEM)|DISCARD ALL|CLUSTER$)/,
    what: (words) => `holds ${words}, which PostgreSQL refuses inside a transaction`,
    hint: NEEDS_NONE,
  },
];

/** What in these statements cannot run; in the order of the script. */
export function refusedStatements(statements: readonly Statement[], dialect: SqlDialect, transaction: boolean): readonly Problem[] {
  const rules = RULES.filter(
    ({ dialects, where }) => dialects.includes(dialect) && (where === "always" || (where === "transaction") === transaction),
  );
  return statements.flatMap((statement) => {
    const rule = rules.find(({ head, text }) => head.test(statement.head) && (text?.test(statement.text) ?? true));
    if (rule === undefined) return [];
    return [{ code: rule.code, what: rule.what(firstWords(statement, rule)), hint: rule.hint, line: statement.line }];
  });
}

function firstWords(statement: Statement, { head, text }: Rule): string {
  return (text === undefined ? head.exec(statement.head)?.[0] : /^pragma\s+[\w.]+/i.exec(statement.text)?.[0]) ?? statement.head;
}
