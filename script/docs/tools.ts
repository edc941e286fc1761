/** `docs/tools.md`, from the tools' own definitions and the presets that `init` writes. */

import { TOOL_OPTIONS, type ToolName } from "../../src/config/schema-migrate.ts";
import { PRESETS, type Preset } from "../../src/setup/presets.ts";
import type { ProgramTool } from "../../src/tool/program/definition.ts";

const ENGINES = { sqlite: "SQLite", postgres: "PostgreSQL" } as const;

export function tools(definitions: readonly ProgramTool[]): string {
  return `# Migration tools

<!-- Written by script/docs.ts from src/tool/program/tools and src/setup/presets.ts. Do not edit. -->

Belay runs the tool that a team already has. \`belay init\` recognises it by its files, and so does every other command where belay.yml
names none; two that could be meant are refused, naming both.

| \`migrate\` | tool | databases | its keys | goes back |
| --- | --- | --- | --- | --- |
| \`sql\` | SQL files, applied by Belay itself: [sql.md](sql.md) | SQLite, PostgreSQL | ${keys("sql")} | with down files |
| \`command\` | programs of your own: [command-tool.md](command-tool.md) | SQLite, PostgreSQL | ${keys("command")} | with \`revert\` |
${definitions.map(row).join("\n")}

What the keys mean stands in [configuration.md](configuration.md). All of these tools also take \`run\`, \`path\`, \`url-variable\`, \`variables\`, \`env\` and
\`env-file\`, and are tested here as they are installed.

## How a tool is driven

- **Its program** is looked for in \`.venv/bin\`, \`venv/bin\`, \`node_modules/.bin\` of its project and then on PATH, and starts in the folder \`project\`,
  by default the one of belay.yml.
- **What is applied** is read from the tool's own record in the database, and which migrations there are from the tool or its files: looking changes nothing.
- **Migrations are applied one by one**, so that the time of each is known however silent the tool is; the time includes the start of the tool. After each, the
  record in the database has to have it. What the tool prints about its success decides nothing.
- **A file that changes** between plan and run is refused (\`plan-changed\`), and so is a migration that would come before the planned ones.
- **A tool that works on another database** is an error (\`wrong-database\`), where the tool tells it before anything is applied.
- **Its own record** (${definitions
    .flatMap(({ engines, records }) =>
      engines.flatMap((engine) => records({ target: { engine }, options: {} })).map((name) => `\`${name}\``),
    )
    .filter(once)
    .join(", ")}) is no data of the application's: \`data:\` does not count it.
- **The URL** comes in variables, never in an argument: \`BELAY_DATABASE_URL\`, and \`DATABASE_URL\` or the variable that \`target.url\` consists of or \`url-variable\`
  names; its parts under the names of \`variables\`. Tools on SQLAlchemy get it as SQLAlchemy writes it, \`sqlite:////srv/app.db\`, \`postgresql://…\`.
- **Sessions** get \`PGAPPNAME\` and, with \`migrate.lock-timeout\`, \`PGOPTIONS\`, which drivers on libpq (psycopg2, psycopg) take. asyncpg and pg8000 do not take them:
  let env.py or the settings set \`lock_timeout\` and \`application_name\` there.

## A tool in a container

\`\`\`yaml
migrate:
  tool: flask
  run: [docker, run, --rm, -v, "/srv/app:/app/instance", -e, DATABASE_URL, -e, BELAY_DATABASE_PATH, "app:latest"]
  path: /app/instance/app.db     # how the container sees the SQLite file
\`\`\`

\`run\` stands before each of the tool's command lines, and the program is then looked for there. Only what \`run\` passes on reaches the container: \`-e NAME\` without a value
takes it from Belay's environment and shows it to nobody. Files that the tool names are looked for here by the end of their path; where they are not here, their content is not
part of the plan. On PostgreSQL pass on \`PGAPPNAME\` and \`PGOPTIONS\` as well. What a container writes to a SQLite file cannot be told from a stranger's writes: the run stays unproven.

${definitions.map(section).join("\n")}
## Presets for other tools

\`belay init\` writes these where it finds their files. They are **not tested here**: look at what \`belay plan\` and \`belay rehearse\` say first. All that is pending counts as one
migration, since these are asked for their whole status; ways back are Belay's.

${PRESETS.map(preset).join("\n")}`;
}

function row({ name, title, engines, reverts }: ProgramTool): string {
  return `| \`${name}\` | ${title} | ${engines.map((engine) => ENGINES[engine]).join(", ")} | ${keys(name)} | ${reverts ? "yes" : "only by the backup"} |`;
}

function keys(name: string): string {
  return (TOOL_OPTIONS[name as ToolName] ?? []).map((key) => `\`${key}\``).join(", ");
}

function section({ name, title, install, meanings, lockTimeoutNote, perSchema, engines, about }: ProgramTool): string {
  const lines = [
    `\`migrate: ${name}\`. Not there yet? ${sentence(install)}`,
    ...(about === undefined ? [] : [about]),
    ...(engines.includes("postgres") && lockTimeoutNote !== null
      ? [`\`migrate.lock-timeout\` does not reach it: ${sentence(lockTimeoutNote)}`]
      : []),
    ...(perSchema ? ["Works on one schema at a time, as tenants need it."] : []),
  ];
  const told = meanings.filter(({ code }) => code !== undefined);
  const table = told.length === 0 ? "" : `\n| where it says | code | what to do |\n| --- | --- | --- |\n${told.map(meaning).join("\n")}\n`;
  return `## ${title}\n\n${lines.join("\n")}\n${table}`;
}

function meaning({ words, code = "tool-failed", hint }: ProgramTool["meanings"][number]): string {
  return `| \`${cell(words.source.replaceAll("\\", "").replace(/[$^]/g, ""))}\` | \`${code}\` | ${cell(hint)} |`;
}

function preset({ title, program, pending, pendingWhen, appliedWhen, apply, variables, note }: Preset): string {
  const told = Object.entries(variables ?? {}).map(([name, part]) => `${name}: ${part}`);
  return `### ${title}
${note === undefined ? "" : `\n${note}\n`}
\`\`\`yaml
${told.length === 0 ? "" : "target: postgres://app@db.example.com/shop\n"}migrate:
  tool: command
${told.length === 0 ? "" : `  variables: { ${told.join(", ")} }      # PostgreSQL; leave it out for a SQLite file\n`}  migrations:
    - id: latest
      pending: ${quoted(pending(program))}
      pending-when: ${quoted(pendingWhen)}
      applied-when: ${quoted(appliedWhen)}
      apply: ${quoted(apply(program))}
\`\`\`
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function once<T>(value: T, index: number, all: readonly T[]): boolean {
  return all.indexOf(value) === index;
}
