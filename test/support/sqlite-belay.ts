/** Belay in the middle of a statement of a transaction: reports its host, starts the statement, and waits to be killed. */

import type { Target } from "../../src/domain/target.ts";
import { sqliteEngine } from "../../src/engine/sqlite/engine.ts";

const { target, statement, run } = JSON.parse(process.argv[2] ?? "{}") as { target: Target; statement: string; run: string };

await using hold = await sqliteEngine.hold(target, 1_000);
await using workspace = await hold.work({ run, recordProcess: async ({ pid }) => void process.stdout.write(`host ${pid}\n`) });
await workspace.session.transaction(async () => {
  await workspace.session.execute(["update person set name = 'Eve'"]);
  process.stdout.write("working\n");
  await workspace.session.execute([statement]);
});
