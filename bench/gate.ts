/** What the gate of a container costs over asking the tool itself what is pending. */

import { join } from "node:path";

import { over, type Pair, type Row } from "./comparison.ts";
import { sqlite3 } from "./large-database.ts";
import { CLI, Site } from "./site.ts";

/** What an entrypoint may cost: it runs before every start of every container. */
const BAR_MS = 200;

/** A script as teams have them: it looks which tables there are, and says in words what it would do. */
const SCRIPT = `import sqlite3, sys
tables = {name for (name,) in sqlite3.connect(sys.argv[1]).execute("select name from sqlite_schema")}
print("table users already exists" if "users" in tables else "Would create table users")
`;

const COMMAND = `environments:
  prod:
    target: sqlite:app.db
    migrate:
      tool: command
      migrations:
        - id: users
          pending: [python3, users.py, app.db]
          pending-when: Would create
          applied-when: already exists
          apply: [python3, users.py, app.db]
`;

export async function gate(folder: string, rounds: number, told: (text: string) => void): Promise<readonly Row[]> {
  const sql = site(join(folder, "sql"));
  sql.write("migrations/001_names.sql", "alter table users add column name text;\n");
  await sql.belay("migrate", "prod");
  const command = site(join(folder, "command"));
  command.write("users.py", SCRIPT);
  command.write("belay.yml", COMMAND);
  const history = ["sqlite3", "app.db", "select count(*) from belay_migrations"];
  told(`gate: two tools, ${rounds} times each`);
  return [
    over("belay gate, tool sql, over the same question by sqlite3", await measure(sql, history, rounds), BAR_MS),
    over(
      "belay gate, tool command, over the dry run of the script",
      await measure(command, ["python3", "users.py", "app.db"], rounds),
      BAR_MS,
    ),
  ];
}

function site(folder: string): Site {
  const made = new Site(folder);
  sqlite3(
    made.database,
    "pragma journal_mode = wal; create table users(id integer primary key, email text); insert into users values (1, 'a@example.org');",
  );
  return made;
}

async function measure(at: Site, question: readonly string[], rounds: number): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round++) {
    const theirs = await at.run(question);
    const ours = await at.run([process.execPath, CLI, "gate", "prod"]);
    pairs.push({ ours, theirs });
  }
  return pairs;
}
