/**
 * What Belay notes on a database: in its comment, which is the one thing of a database that can be changed in the same transaction as
 * its name and its door, and read without entering. The comment that people gave it is kept inside and put back.
 */

import { failure } from "../../domain/error.ts";
import type { AsideKind, RunId } from "../../domain/run-id.ts";
import type { Connection } from "./connection.ts";
import { quoteIdentifier, quoteLiteral } from "./identifiers.ts";

/** A copy of Belay's beside its target. */
export interface CopyRecord {
  readonly belay: "copy";
  readonly target: string;
  readonly kind: AsideKind;
  /** The last ten characters of the run that made it. */
  readonly runSuffix: string;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  /** The version (xmin) of its row in pg_database since which nobody can enter; null: it is open. */
  readonly sealed: string | null;
  /** What the comment of the database is, Belay aside. */
  readonly comment: string | null;
}

/** A target that lets nobody in while it is being swapped. */
export interface HeldOffRecord {
  readonly belay: "held-off";
  readonly runSuffix: string;
  readonly comment: string | null;
}

export type DatabaseRecord = CopyRecord | HeldOffRecord;

/** A database as the server's list of them tells, without entering it. */
export interface DatabaseRow {
  readonly oid: string;
  readonly name: string;
  /** It lets sessions in. */
  readonly open: boolean;
  readonly xmin: string;
  /** What Belay noted; null: nothing. */
  readonly record: DatabaseRecord | null;
  /** What people noted. */
  readonly comment: string | null;
}

const ROWS = `select d.oid::text, d.datname, d.datallowconn, d.xmin::text, s.description from pg_catalog.pg_database d
  left join pg_catalog.pg_shdescription s on s.classoid = 'pg_catalog.pg_database'::pg_catalog.regclass and s.objoid = d.oid`;

export async function databaseNamed(connection: Connection, name: string): Promise<DatabaseRow | undefined> {
  return (await databaseRows(connection, "d.datname = $1", name))[0];
}

export async function databaseOf(connection: Connection, oid: string): Promise<DatabaseRow | undefined> {
  return (await databaseRows(connection, "d.oid = $1::oid", oid))[0];
}

/** All whose names look like copies, of whatever target. */
export function databasesAside(connection: Connection): Promise<readonly DatabaseRow[]> {
  return databaseRows(connection, "d.datname ~ $1", "_belay_[cfsa]_[0-9A-Z]{10}$");
}

async function databaseRows(connection: Connection, condition: string, value: string): Promise<readonly DatabaseRow[]> {
  const rows = await connection.rows(`${ROWS} where ${condition} order by d.datname`, [value]);
  return rows.map(([oid, name, open, xmin, description]) => {
    const record = parseRecord(description ?? null);
    return {
      oid: String(oid),
      name: String(name),
      open: open === "t",
      xmin: String(xmin),
      record,
      comment: record === null ? (description ?? null) : record.comment,
    };
  });
}

const FOR_PEOPLE: Readonly<Record<DatabaseRecord["belay"], string>> = {
  copy: "Belay keeps this beside its target; `belay prune` drops it.",
  "held-off": "Belay holds sessions off while it swaps this database; `belay recover` lets them in again.",
};

/** The statement that notes it; a text or null: the comment is people's again. */
export function noteOn(database: string, note: DatabaseRecord | string | null): string {
  const text = note === null || typeof note === "string" ? note : `${FOR_PEOPLE[note.belay]}\n${JSON.stringify(note)}`;
  return `comment on database ${quoteIdentifier(database)} is ${text === null ? "null" : quoteLiteral(text)}`;
}

function parseRecord(description: string | null): DatabaseRecord | null {
  const [sentence, json] = description?.split("\n", 2) ?? [];
  if (json === undefined || !Object.values(FOR_PEOPLE).includes(sentence ?? "")) return null;
  try {
    return JSON.parse(json) as DatabaseRecord;
  } catch {
    return null; // somebody edited it: then it is a comment like any other
  }
}

/** The same for a database that has to be there. */
export async function assertDatabase(connection: Connection, name: string): Promise<DatabaseRow> {
  const row = await databaseNamed(connection, name);
  if (row !== undefined) return row;
  throw failure("database-missing", `the database ${name} is gone`, {
    hint: "somebody dropped or renamed it while Belay worked; run again",
  });
}

export function copyRecord(target: string, kind: AsideKind, run: RunId, comment: string | null, sealed: string | null = null): CopyRecord {
  return { belay: "copy", target, kind, runSuffix: run.slice(-10), madeAt: new Date().toISOString(), sealed, comment };
}
