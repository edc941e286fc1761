import type { Database, Statement } from "better-sqlite3";

/** Each statement is compiled once. `Row`: what it gives, as its columns say. */
export function statements(database: Database): <Row = unknown>(sql: string) => Statement<unknown[], Row> {
  const known = new Map<string, Statement<unknown[]>>();
  return <Row>(sql: string) => {
    const statement = known.get(sql) ?? database.prepare<unknown[]>(sql);
    known.set(sql, statement);
    return statement as Statement<unknown[], Row>;
  };
}
