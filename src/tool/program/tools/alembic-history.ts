/** What `alembic history --verbose` prints, which Flask-Migrate hands on: every revision with its parents, the newest first. */

/** One entry; everything of its docstring is indented, so that no docstring looks like a line of it. */
export interface Revision {
  readonly id: string;
  /** What must be applied before it: parents, and what it otherwise depends on. */
  readonly after: readonly string[];
  /** It joins branches: there is no single revision to go back to. */
  readonly joins: boolean;
  readonly isHead: boolean;
  /** As the tool sees it; null where it does not say. */
  readonly path: string | null;
}

const REVISION = /^Rev: (\S+)((?: \([a-z ]+\))*)$/;
const FIELD = /^(Parent|Merges|Also depends on|Path): (.*)$/;

/** In the order of application. What else stands in the output, as an application prints on its start, is passed over. */
export function parseHistory(printed: string): readonly Revision[] {
  const entries: { id: string; marks: string; fields: Map<string, string> }[] = [];
  for (const line of printed.split(/\r?\n/)) {
    const [, id, marks = ""] = REVISION.exec(line) ?? [];
    if (id !== undefined) entries.push({ id, marks, fields: new Map() });
    const [, name, value] = FIELD.exec(line) ?? [];
    if (name !== undefined && value !== undefined) entries.at(-1)?.fields.set(name, value);
  }
  return entries.toReversed().map(({ id, marks, fields }) => ({
    id,
    after: ["Parent", "Merges", "Also depends on"].flatMap((name) => namesIn(fields.get(name))),
    joins: fields.has("Merges"),
    isHead: marks.includes("(head)"),
    path: fields.get("Path") ?? null,
  }));
}

function namesIn(list: string | undefined): readonly string[] {
  if (list === undefined || list === "<base>") return [];
  return list.split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()]));
}

/** Those given and everything before them, in the order of application. */
export function upTo(revisions: readonly Revision[], heads: readonly string[]): readonly string[] {
  const wanted = new Set(heads);
  const found: string[] = [];
  for (const { id, after } of revisions.toReversed()) {
    if (!wanted.has(id)) continue;
    for (const parent of after) wanted.add(parent);
    found.push(id);
  }
  return found.reverse();
}
