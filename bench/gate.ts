/** What the gate of a container costs over asking the tool itself what is pending. */

import { join } from "node:path";

import { over, type Pair, type Row } from "./comparison.ts";
import { sqlite3 } from "./large-database.ts";
import { BenchServer } from "./postgres/server.ts";
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

/** The smallest Alembic that there is. */
const ALEMBIC = {
  "alembic.ini": "[alembic]\nscript_location = alembic\nsqlalchemy.url = sqlite:///app.db\n",
  "alembic/env.py": `import os, sqlalchemy
from alembic import context
engine = sqlalchemy.create_engine(os.environ.get("DATABASE_URL") or context.config.get_main_option("sqlalchemy.url"))
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
`,
  "alembic/versions/001_names.py": `from alembic import op
revision, down_revision = "001", None
def upgrade():
    op.execute("alter table users add column name text")
def downgrade():
    pass
`,
  "belay.yml": "environments:\n  prod:\n    target: sqlite:app.db\n    migrate: alembic\n",
};

export async function gate(folder: string, rounds: number, told: (text: string) => void): Promise<readonly Row[]> {
  const sql = site(join(folder, "sql"));
  sql.write("migrations/001_names.sql", "alter table users add column name text;\n");
  await sql.belay("migrate", "prod");
  const command = site(join(folder, "command"));
  command.write("users.py", SCRIPT);
  command.write("belay.yml", COMMAND);
  const history = ["sqlite3", "app.db", "select count(*) from belay_migrations"];
  const alembic = site(join(folder, "alembic"));
  for (const [name, content] of Object.entries(ALEMBIC)) alembic.write(name, content);
  await alembic.run(["alembic", "upgrade", "head"]);
  told(`gate: three tools and PostgreSQL, ${rounds} times each`);
  return [
    over("belay gate, tool sql, over the same question by sqlite3", await measure(sql, history, rounds), BAR_MS),
    over(
      "belay gate, tool command, over the dry run of the script",
      await measure(command, ["python3", "users.py", "app.db"], rounds),
      BAR_MS,
    ),
    over(
      "belay gate, tool alembic, over alembic current and alembic heads",
      await measure(alembic, ["sh", "-c", "alembic current && alembic heads"], rounds),
      BAR_MS,
    ),
    over("belay gate, PostgreSQL, tool sql, over the same question by psql", await onPostgres(join(folder, "postgres"), rounds), BAR_MS),
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

async function onPostgres(folder: string, rounds: number): Promise<Pair[]> {
  const made = site(folder);
  await using server = await BenchServer.start(15, folder);
  await server.reset("shop");
  await server.sql("shop", "create table users (id integer primary key, email text)");
  made.write("belay.yml", 'environments:\n  prod:\n    target: "${DATABASE_URL}"\n    migrate: sql\n    backup: { store: backups }\n');
  made.write("migrations/001_names.sql", "alter table users add column name text;\n");
  const variables = server.variables("shop");
  await made.run([process.execPath, CLI, "migrate", "prod"], { variables });
  return await measure(made, ["psql", "-X", "-At", "-c", "select count(*) from belay_migrations"], rounds, variables);
}

async function measure(
  at: Site,
  question: readonly string[],
  rounds: number,
  variables: Readonly<Record<string, string>> = {},
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round++) {
    const theirs = await at.run(question, { variables });
    const ours = await at.run([process.execPath, CLI, "gate", "prod"], { variables });
    pairs.push({ ours, theirs });
  }
  return pairs;
}
