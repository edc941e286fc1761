/**
 * What a team's own migration script does, for the tests of the tool `command`: makes one table, and can say beforehand what it would do.
 * Told by the environment where the database is.
 */

import Database from "better-sqlite3";

/** `--apply` makes the table, `--revert` drops it, neither is a dry run. `fails`: a second part of the work never succeeds. */
export function migrateTable(name: string, fails: boolean): void {
  const database = new Database(process.env["BELAY_DATABASE_PATH"], { fileMustExist: true, timeout: 200 });
  const isThere = database.prepare("select 1 from sqlite_schema where name = ?").get(name) !== undefined;
  const say = (line: string) => process.stdout.write(`${line}\n`);
  if (process.argv.includes("--apply")) {
    if (!isThere) database.exec(`create table ${name} (a)`);
    if (fails) database.exec("insert into nowhere values (1)");
    say(`${name} created successfully`);
  } else if (process.argv.includes("--revert")) {
    database.exec(`drop table ${name}`);
    say(`${name} dropped`);
  } else {
    say(isThere ? `table ${name} already exists` : `Would create table ${name}`);
    if (fails) say("Would insert into nowhere");
  }
  database.close();
}
