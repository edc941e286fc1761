/** Which migration tool a project uses. */

import { BelayError, refusal } from "../domain/error.ts";
import type { Folder } from "./folder.ts";
import { type Meanwhile, TRACES } from "./traces.ts";

/** Finds SQL migrations in the usual places; throws `migrations-ambiguous` with `facts.directories` where there are several. */
export type RecogniseSql = (root: string) => Promise<{ readonly directory: string } | null>;

export interface Recognised {
  readonly title: string;
  /** The file or folder that gives it away. */
  readonly evidence: string;
  readonly drive: Drive;
}

/** How belay.yml says it: a tool of this version by its name, any other as this version can. */
export type Drive =
  | { readonly way: "tool"; readonly tool: string }
  | { readonly way: "sql"; readonly directory: string }
  | {
      readonly way: "command";
      readonly pending: string;
      readonly pendingWhen: string;
      readonly appliedWhen: string;
      readonly apply: string;
      readonly variables?: Readonly<Record<string, string>>;
    }
  | { readonly way: "none" };

/** Everything that could be meant. */
export async function recognise(folder: Folder, recogniseSql: RecogniseSql): Promise<readonly Recognised[]> {
  const traces: Recognised[] = [];
  const owned = new Set<string>();
  for (const { title, tool, look, owns, meanwhile } of TRACES) {
    const evidence = await look(folder);
    if (evidence === null || owned.has(evidence)) continue;
    for (const directory of owns) owned.add(directory);
    traces.push({ title, evidence, drive: await driveOf(folder, tool, meanwhile) });
  }
  const directories = await sqlDirectories(folder.root, recogniseSql);
  const free = directories.filter((directory) => !owned.has(directory));
  return [
    ...traces,
    ...free.map((directory): Recognised => ({ title: "SQL files", evidence: directory, drive: { way: "sql", directory } })),
  ];
}

async function driveOf(folder: Folder, tool: string | null, meanwhile: Meanwhile | null): Promise<Drive> {
  if (tool !== null) return { way: "tool", tool };
  if (meanwhile === null) return { way: "none" };
  const program = await programIn(folder, meanwhile.program);
  return { way: "command", ...meanwhile, pending: meanwhile.pending(program), apply: meanwhile.apply(program) };
}

/** Where projects keep their own programs; a name alone is looked for on PATH. */
async function programIn(folder: Folder, name: string): Promise<string> {
  for (const place of [".venv/bin", "venv/bin", "node_modules/.bin"]) if (await folder.has(`${place}/${name}`)) return `${place}/${name}`;
  return name;
}

async function sqlDirectories(root: string, recogniseSql: RecogniseSql): Promise<readonly string[]> {
  try {
    const found = await recogniseSql(root);
    return found === null ? [] : [found.directory];
  } catch (error) {
    if (!(error instanceof BelayError) || error.code !== "migrations-ambiguous") throw error;
    const { directories } = error.facts;
    return Array.isArray(directories) ? directories.map(String) : [];
  }
}

/** The one that is meant. null: nothing is there. Refuses `tool-ambiguous`, naming all; `tool-not-found` where another was asked for. */
export function chooseRecognised(found: readonly Recognised[], asked: string | null): Recognised | null {
  const fitting = asked === null ? found : found.filter((each) => namesOf(each).includes(asked));
  const [first, second] = fitting;
  if (asked !== null && first === undefined) {
    throw refusal("tool-not-found", `nothing of ${asked} is here`, {
      hint: found.length === 0 ? "leave --tool out, and name the tool in belay.yml afterwards" : `found are ${listed(found)}`,
    });
  }
  if (second === undefined) return first ?? null;
  throw refusal("tool-ambiguous", `more than one migration tool is here: ${listed(fitting)}`, {
    hint: `say which applies the migrations: ${fitting.map((each) => `\`belay init --tool ${choiceOf(each, fitting)}\``).join(" or ")}`,
    facts: { found: fitting.map(({ title, evidence }) => ({ title, evidence })) },
  });
}

/** What `--tool` takes: the name of the tool, or the file that gave it away. */
function namesOf({ title, evidence, drive }: Recognised): readonly string[] {
  const own = drive.way === "sql" && title === "SQL files" ? ["sql"] : [];
  return [...own, title.toLowerCase(), evidence];
}

function choiceOf(each: Recognised, all: readonly Recognised[]): string {
  const names = namesOf(each);
  return names.find((name) => !name.includes(" ") && all.filter((other) => namesOf(other).includes(name)).length === 1) ?? each.evidence;
}

function listed(found: readonly Recognised[]): string {
  return found.map(({ title, evidence }) => `${title} (${evidence})`).join(" and ");
}
