/** The text of a first belay.yml. Pure. Only what was found stands in it as a fact; all else is a comment to fill in. */

import type { Suggestion } from "./find-application.ts";
import type { Drive } from "./recognise.ts";

export interface FirstConfig {
  readonly environment: string;
  /** `sqlite:app.db`, or `${DATABASE_URL}`. */
  readonly target: string;
  /** What is to be said of the target, in a comment; empty: nothing. */
  readonly targetNote: string;
  /** The engine has no place of its own for backups. */
  readonly needsStore: boolean;
  /** null: nothing was found. */
  readonly drive: Drive | null;
  /** `found: alembic.ini`; empty: nothing. */
  readonly driveNote: string;
  readonly application: Suggestion | null;
}

export function belayYml({ environment, target, targetNote, needsStore, drive, driveNote, application }: FirstConfig): string {
  const { stop, start } = application ?? { stop: "…", start: "…" };
  return `# How Belay takes this database through a deploy: backed up and proven, migrated, verified, and put back if anything is wrong.
# Next: \`belay doctor ${environment}\` tries every part, \`belay plan ${environment}\` shows what would run. Lines behind # are suggestions.
environments:
  ${environment}:
    target: ${scalar(target)}${comment(targetNote)}
${migrateLines(drive, driveNote, target.startsWith("sqlite:"))}
    # Nobody else may write while the database changes. ${application === null ? "How is the application stopped and started?" : `${application.found}: which of them write?`}
    # app:
    #   stop: ${stop}
    #   start: ${start}

    # What must hold before, after, and once the application runs again. Queries of your own go here.
    # checks:
    #   before:
    #     - { name: there are users, sql: "select count(*) from users", expect: { at-least: 1 } }
    #   after:
    #     - { name: no user lost, sql: "select count(*) from users", expect: unchanged }
    #   health: http://localhost:8000/

${storeLines(needsStore)}`;
}

function storeLines(needed: boolean): string {
  if (!needed)
    return `    # Where backups go; by default belay-backups/ beside a SQLite file. Better: another disk.
    # backup: { store: /srv/belay }
`;
  return `    # Where backups go: a directory on a disk that outlives the database's server and the runner of a workflow.
    backup: { store: belay-backups }
`;
}

function migrateLines(drive: Drive | null, note: string, isFile: boolean): string {
  if (drive === null)
    return `    migrate: sql${comment("no migrations were found: put SQL files into migrations/ (0001_name.sql), or name another tool")}\n`;
  switch (drive.way) {
    case "tool":
      return `    migrate: ${drive.tool}${comment(note)}\n`;
    case "sql":
      return drive.directory === "migrations"
        ? `    migrate: sql${comment(note)}\n`
        : `    migrate: { tool: sql, directory: ${scalar(drive.directory)} }${comment(note)}\n`;
    case "command":
      return `    migrate:${comment(note)}
      tool: command
${isFile ? "" : variableLines(drive.variables)}      migrations:
        - id: latest
          pending: ${scalar(drive.pending)}
          pending-when: ${scalar(drive.pendingWhen)}
          applied-when: ${scalar(drive.appliedWhen)}
          apply: ${scalar(drive.apply)}
`;
    case "none":
      throw new RangeError("a tool that cannot be driven has no place in belay.yml");
  }
}

function variableLines(variables: Readonly<Record<string, string>> = {}): string {
  const parts = Object.entries(variables).map(([name, part]) => `${name}: ${part}`);
  return parts.length === 0 ? "" : `      variables: { ${parts.join(", ")} }\n`;
}

function comment(text: string): string {
  return text === "" ? "" : `   # ${text}`;
}

/** In quotes wherever YAML could read something else. */
function scalar(text: string): string {
  const isPlain =
    /^[A-Za-z0-9./_-][\w ./@+-]*$/.test(text.replace(/^sqlite:/, "")) && !/ $|^[-\d.]*$|^(true|false|null|yes|no|on|off)$/i.test(text);
  return isPlain ? text : `'${text.replaceAll("'", "''")}'`;
}
