import Database from "better-sqlite3";

import type { ApplicationAct } from "./sqlite-process.ts";

let db: Database.Database | undefined;
let written = 0;

process.on("disconnect", () => process.exit());
process.on("message", (act: ApplicationAct) => process.send?.(perform(act)));

function perform(act: ApplicationAct): unknown {
  if (act.act === "query") return db?.prepare<[], unknown[]>(act.sql).raw().all();
  db = new Database(act.file);
  if (act.act === "reading") db.exec("begin");
  if (act.act === "read" || act.act === "reading") db.prepare("select count(*) from sqlite_schema").get();
  if (act.act === "lock") db.exec("begin exclusive");
  if (act.act === "write") setInterval(() => write(db), 1);
  return "done";
}

function write(to: Database.Database | undefined): void {
  to?.transaction((n: number) => {
    to.prepare("insert into left values (?)").run(n);
    to.prepare("insert into right values (?)").run(n);
  })(written++);
}
