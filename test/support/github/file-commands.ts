/** The files through which a step speaks to the runner: GITHUB_OUTPUT, GITHUB_STATE, GITHUB_ENV, GITHUB_PATH, GITHUB_STEP_SUMMARY. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

type FileCommand = "GITHUB_OUTPUT" | "GITHUB_STATE" | "GITHUB_ENV" | "GITHUB_PATH" | "GITHUB_STEP_SUMMARY";

/** Their paths. */
export type StepFiles = Readonly<Record<FileCommand, string>>;

const LARGEST_SUMMARY_BYTES = 1024 * 1024;

export interface FilesSaid {
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly path: readonly string[];
  /** Empty, too, where it was larger than GitHub takes: it is then thrown away as a whole. */
  readonly summary: string;
  readonly problems: readonly string[];
}

/** Empty files of one step. */
export function prepareFiles(folder: string): StepFiles {
  mkdirSync(folder, { recursive: true });
  const path = (name: FileCommand) => {
    const file = join(folder, name.toLowerCase());
    writeFileSync(file, "");
    return file;
  };
  return {
    GITHUB_OUTPUT: path("GITHUB_OUTPUT"),
    GITHUB_STATE: path("GITHUB_STATE"),
    GITHUB_ENV: path("GITHUB_ENV"),
    GITHUB_PATH: path("GITHUB_PATH"),
    GITHUB_STEP_SUMMARY: path("GITHUB_STEP_SUMMARY"),
  };
}

export function readFiles(files: StepFiles): FilesSaid {
  const problems: string[] = [];
  const read = (name: FileCommand) => readFileSync(files[name], "utf8");
  const summary = read("GITHUB_STEP_SUMMARY");
  const isTooLarge = Buffer.byteLength(summary) > LARGEST_SUMMARY_BYTES;
  if (isTooLarge) problems.push("$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k");
  return {
    outputs: values(read("GITHUB_OUTPUT"), problems),
    state: values(read("GITHUB_STATE"), problems),
    environment: values(read("GITHUB_ENV"), problems),
    path: read("GITHUB_PATH").split(/\r?\n/).filter(Boolean),
    summary: isTooLarge ? "" : summary,
    problems,
  };
}

/** `name=value` in a line, or `name<<word` and all lines until the word stands alone. The first that is neither ends the reading, as an error. */
function values(text: string, problems: string[]): Record<string, string> {
  const said: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    if (line === "") continue;
    const [, name = "", operator = "", rest = ""] = /^(.+?)(=|<<)(.*)$/.exec(line) ?? [];
    const end = operator === "<<" ? lines.indexOf(rest, index + 1) : index;
    if (name === "" || end === -1) {
      problems.push(name === "" ? `Invalid format '${line}'` : `Invalid value. Matching delimiter not found '${rest}'`);
      return said;
    }
    said[name] = operator === "=" ? rest : lines.slice(index + 1, end).join("\n");
    index = end;
  }
  return said;
}
