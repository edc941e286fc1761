import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Remote } from "../../src/engine/sqlite/remote.ts";
import { remoteSession } from "../../src/engine/sqlite/session.ts";
import { spawn } from "../../src/process/spawn.ts";
import { programTool } from "../../src/tool/program/program-tool.ts";
import { alembic } from "../../src/tool/program/tools/alembic.ts";
import { contentOf, tablesOf } from "../support/sql-project.ts";
import { sqliteTarget, temporaryFolder, withDatabase } from "../support/sqlite-target.ts";
import { ALEMBIC_ENV, ALEMBIC_INI, revision } from "../support/tools/alembic-project.ts";
import { toolContract, type ToolFixture } from "./tool.ts";

/** Every tool that is a program is driven by the same code; Alembic stands for it here. */
toolContract("alembic, beside the engine's own session", async (): Promise<ToolFixture> => {
  const folder = temporaryFolder();
  const database = join(folder.path, "app.db");
  withDatabase(database, (db) => db.exec("create table existing (a)"));
  mkdirSync(join(folder.path, "migrations/versions"), { recursive: true });
  writeFileSync(join(folder.path, "alembic.ini"), ALEMBIC_INI);
  writeFileSync(join(folder.path, "migrations/env.py"), ALEMBIC_ENV);
  const remote = await Remote.start(database);
  const fileOf = (id: string) => join(folder.path, "migrations/versions", `${id}_made.py`);
  let last: string | null = null;
  return {
    session: remoteSession(remote),
    tool: () =>
      programTool(
        alembic,
        { root: folder.path, directory: folder.path, elsewhere: false, target: sqliteTarget(database), schema: null, options: {} },
        {
          run: null,
          directory: folder.path,
          variables: { PATH: "/usr/bin:/bin", DATABASE_URL: `sqlite:///${database}` },
          spawn,
          redact: (text) => text,
        },
      ),
    write: (kind, name) => {
      const id = `rev_${name}`;
      const up = [`create table ${name} (a)`, ...(kind === "fails" ? ["insert into nowhere values (1)"] : [])];
      writeFileSync(fileOf(id), revision(id, last, up, kind === "makes-table" ? [`drop table ${name}`] : []));
      last = id;
      return id;
    },
    change: (id) => appendFileSync(fileOf(id), "# changed\n"),
    forgetful: true,
    content: () => contentOf(database),
    tables: () => tablesOf(database).filter((name) => name !== "alembic_version"),
    [Symbol.asyncDispose]: async () => {
      await remote[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
});
