/** Migrations of the random sequences: what each kind does, and whether a run may keep it. */

export const KINDS = [
  "adds a table",
  "adds a column",
  "adds rows",
  "fails in its SQL",
  "breaks a reference",
  "fails its check",
  "breaks the scope",
] as const;

export type Kind = (typeof KINDS)[number];

export function isGood(kind: Kind): boolean {
  return kind === "adds a table" || kind === "adds a column" || kind === "adds rows";
}

export function migrationSql(kind: Kind, number: number): string {
  switch (kind) {
    case "adds a table":
      return `create table m${number} (id integer primary key, body text);\ninsert into m${number} (body) values ('one'), ('two');\n`;
    case "adds a column":
      return `alter table note add column c${number} text default 'none';\n`;
    case "adds rows":
      return `insert into note (person, body) select id, 'by migration ${number}' from person;\n`;
    case "fails in its SQL":
      return `create table half${number} (id integer primary key);\ninsert into nowhere values (${number});\n`;
    case "breaks a reference":
      return `insert into note (person, body) values (4711, 'whose?');\n`;
    case "fails its check":
      return `insert into note (person, body) values (1, 'poison');\n`;
    case "breaks the scope":
      return `update person set name = name || ' ${number}';\n`;
  }
}
