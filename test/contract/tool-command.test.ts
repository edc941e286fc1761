import { Remote } from "../../src/engine/sqlite/remote.ts";
import { remoteSession } from "../../src/engine/sqlite/session.ts";
import { commandProject } from "../support/command-project.ts";
import { contentOf, tablesOf } from "../support/sql-project.ts";
import { toolContract, type ToolFixture } from "./tool.ts";

toolContract("command, beside the engine's own session", async (): Promise<ToolFixture> => {
  const project = commandProject();
  const remote = await Remote.start(project.database);
  return {
    session: remoteSession(remote),
    tool: () => project.tool(),
    write: (kind, name) => {
      const id = `migrate_${name}`;
      project.addTable(id, name, { fails: kind === "fails", reversible: kind === "makes-table" });
      return id;
    },
    change: (id) => project.change(id),
    forgetful: true,
    content: () => contentOf(project.database),
    tables: () => tablesOf(project.database),
    [Symbol.asyncDispose]: async () => {
      await remote[Symbol.asyncDispose]();
      project[Symbol.dispose]();
    },
  };
});
