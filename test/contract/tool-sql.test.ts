import { appendFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { Remote } from "../../src/engine/sqlite/remote.ts";
import { remoteSession } from "../../src/engine/sqlite/session.ts";
import { sqlProject } from "../support/sql-project.ts";
import { toolContract, type ToolFixture } from "./tool.ts";

toolContract("sql, through the engine's own session", async (): Promise<ToolFixture> => {
  const project = sqlProject();
  const remote = await Remote.start(project.database);
  let written = 0;
  return {
    session: remoteSession(remote),
    tool: () => project.tool(),
    write: (kind, name) => {
      const id = `${++written}_${name}`;
      project.write(`${id}.up.sql`, `create table ${name} (a);\n${kind === "fails" ? "insert into nowhere values (1);\n" : ""}`);
      if (kind === "makes-table") project.write(`${id}.down.sql`, `drop table ${name};\n`);
      return id;
    },
    change: (id) => appendFileSync(join(dirname(project.database), "migrations", `${id}.up.sql`), "-- changed\n"),
    content: () => project.content(),
    tables: () => project.tables(),
    [Symbol.asyncDispose]: async () => {
      await remote[Symbol.asyncDispose]();
      project[Symbol.dispose]();
    },
  };
});
