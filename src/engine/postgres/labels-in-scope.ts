import { LARGE_OBJECTS } from "./labels.ts";
import { HISTORY_TABLE, type Scope } from "./scope.ts";

const LABEL = /^(?:("(?:[^"]|"")*"|[^."]+)\.)?("(?:[^"]|"")*"|[^."]+)$/;

/** Of a label that `labelOf` made, in another database or at another time: does the table belong to the scope? */
export function belongsTo(label: string, { schemas, include = "application" }: Scope): boolean {
  if (label === LARGE_OBJECTS) return schemas === null;
  const [, schema = "public", name = ""] = LABEL.exec(label) ?? [];
  return (schemas === null || schemas.includes(plain(schema))) && (include === "all" || plain(name) !== HISTORY_TABLE);
}

function plain(part: string): string {
  return part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part;
}
