/** The plan of a Sqitch project: its changes, in the order in which they are deployed. */

export interface SqitchPlan {
  readonly project: string;
  readonly changes: readonly PlannedChange[];
}

export interface PlannedChange {
  readonly name: string;
  /** How it is called where the name alone does not do: a change that is reworked later is `name@tag`, by the first tag behind it. */
  readonly id: string;
}

/** A name, what it requires and conflicts with in brackets, when it was planned, by whom. */
const CHANGE = /^(?:\+\s*)?([^\s@#%[\]][^\s@:#[\]]*)\s+(?:\[[^\]]*\]\s+)?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\s+.*<[^>]*>/;
const TAG = /^@(\S+)\s/;
const PROJECT = /^%\s*project\s*=\s*(\S+)\s*$/;

/** Throws where a line is neither a change nor a tag, a pragma or a comment: half a plan is none. */
export function parsePlan(text: string): SqitchPlan {
  let project: string | null = null;
  let afterPragma = false;
  const entries: { readonly name: string; tag: string | null }[] = [];
  for (const [index, line] of text
    .split(/\r?\n/)
    .map((written) => written.trim())
    .entries()) {
    if (line === "") afterPragma = false;
    if (line === "" || line.startsWith("#")) continue;
    if (line.startsWith("%")) {
      afterPragma = true;
      project = PROJECT.exec(line)?.[1] ?? project;
      continue;
    }
    if (afterPragma) throw new Error(`line ${index + 1}: an empty line has to stand between pragmas and changes`);
    const tag = TAG.exec(line)?.[1];
    const name = CHANGE.exec(line)?.[1];
    if (tag !== undefined) for (const entry of entries) entry.tag ??= tag;
    else if (name !== undefined) entries.push({ name, tag: null });
    else throw new Error(`line ${index + 1} is neither a change nor a tag`);
  }
  if (project === null) throw new Error("it names no %project");
  return { project, changes: entries.map(({ name, tag }, index) => ({ name, id: idOf(name, tag, entries.slice(index + 1)) })) };
}

function idOf(name: string, tag: string | null, later: readonly { readonly name: string }[]): string {
  return tag !== null && later.some((other) => other.name === name) ? `${name}@${tag}` : name;
}
