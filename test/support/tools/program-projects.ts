/** How Knex, node-pg-migrate, dbmate, Drizzle and Sqitch lie in a project, for the cases that every tool is put through. */

import type { ToolProject } from "./tool-project.ts";

const KNEXFILE = (postgres: string, sqlite: string) => `const onServer = process.env.DATABASE_URL.startsWith("postgres");

module.exports = {
  client: onServer ? "pg" : "better-sqlite3",
  useNullAsDefault: true,
  connection: onServer ? { connectionString: ${postgres} } : { filename: ${sqlite} },
};
`;

export const KNEX: ToolProject = {
  tool: "knex",
  reverts: true,
  packages: ["knex", "pg", "better-sqlite3"],
  layOut: (project) => {
    project.write("package.json", '{ "private": true }\n');
    project.write("knexfile.js", KNEXFILE("process.env.DATABASE_URL", "process.env.BELAY_DATABASE_PATH"));
    project.write("migrations/.keep", "");
  },
  lead: (project, address) => project.write("knexfile.js", KNEXFILE(JSON.stringify(address), JSON.stringify(address))),
  write: (project, { index, name, statements }) => {
    const id = `2026010100000${index}_${name}.js`;
    const lines = statements.map((sql) => `  await knex.raw(${JSON.stringify(sql)});\n`);
    project.write(
      `migrations/${id}`,
      `exports.up = async (knex) => {\n${lines.join("")}};\nexports.down = async (knex) => {\n  await knex.raw("drop table ${name}");\n};\n`,
    );
    return id;
  },
};

export const NODE_PG_MIGRATE: ToolProject = {
  tool: "node-pg-migrate",
  reverts: true,
  packages: ["node-pg-migrate", "pg"],
  layOut: (project) => {
    project.write("package.json", '{ "private": true }\n');
    project.write("migrations/.keep", "");
  },
  write: (project, { index, name, statements }) => {
    const id = `1767225600${index}00_${name}`;
    project.write(`migrations/${id}.sql`, `-- Up Migration\n${script(statements)}\n-- Down Migration\ndrop table ${name};\n`);
    return id;
  },
};

export const DBMATE: ToolProject = {
  tool: "dbmate",
  reverts: true,
  packages: ["dbmate"],
  layOut: (project) => project.write("db/migrations/.keep", ""),
  write: (project, { index, name, statements }) => {
    const id = `2026010100000${index}_${name}`;
    project.write(`db/migrations/${id}.sql`, `-- migrate:up\n${script(statements)}\n-- migrate:down\ndrop table ${name};\n`);
    return id;
  },
};

export const DRIZZLE: ToolProject = {
  tool: "drizzle",
  reverts: false,
  packages: ["drizzle-kit", "drizzle-orm", "pg", "better-sqlite3"],
  layOut: (project) => {
    const [dialect, variable] = project.engine === "postgres" ? ["postgresql", "DATABASE_URL"] : ["sqlite", "BELAY_DATABASE_PATH"];
    project.write("package.json", '{ "private": true }\n');
    project.write(
      "drizzle.config.ts",
      `import { defineConfig } from "drizzle-kit";

export default defineConfig({ dialect: "${dialect}", schema: "./schema.ts", out: "./drizzle", dbCredentials: { url: process.env.${variable}! } });
`,
    );
    project.write("drizzle/meta/_journal.json", JSON.stringify({ version: "7", dialect, entries: [] }));
  },
  write: (project, { index, name, statements }) => {
    const id = `000${index - 1}_${name}`;
    const journal = JSON.parse(project.read("drizzle/meta/_journal.json")) as { readonly entries: readonly object[] };
    const entry = { idx: index - 1, version: "7", when: 1_767_225_600_000 + index, tag: id, breakpoints: true };
    project.write("drizzle/meta/_journal.json", JSON.stringify({ ...journal, entries: [...journal.entries, entry] }));
    project.write(`drizzle/${id}.sql`, statements.map((sql) => `${sql};\n`).join("--> statement-breakpoint\n"));
    return id;
  },
};

export const SQITCH: ToolProject = {
  tool: "sqitch",
  reverts: true,
  packages: [],
  layOut: (project) => {
    const engine = project.engine === "postgres" ? "pg" : "sqlite";
    project.write("sqitch.conf", `[core]\n\tengine = ${engine}\n[user]\n\tname = Tests\n\temail = tests@example.com\n`);
    project.write("sqitch.plan", "%syntax-version=1.0.0\n%project=app\n\n");
  },
  write: (project, { index, name, statements }) => {
    project.write("sqitch.plan", `${project.read("sqitch.plan")}${name} 2026-01-01T00:00:0${index}Z Tests <tests@example.com> # ${name}\n`);
    project.write(`deploy/${name}.sql`, `BEGIN;\n${script(statements)}COMMIT;\n`);
    project.write(`revert/${name}.sql`, `BEGIN;\ndrop table ${name};\nCOMMIT;\n`);
    return name;
  },
};

function script(statements: readonly string[]): string {
  return statements.map((sql) => `${sql};\n`).join("");
}
