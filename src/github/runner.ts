/**
 * The runner that executes a step: what it gives, and what it takes. It obeys workflow commands in whatever a step prints, so
 * everything that is printed is fenced by `stop-commands` with a token that nobody can know; Belay's own commands step out of the fence.
 */

import { randomUUID } from "node:crypto";
import { appendFile } from "node:fs/promises";
import { error, getInput, notice, saveState, setOutput, setSecret, warning } from "@actions/core";
import { maskedTexts } from "../process/secret-forms.ts";
import type { InputName, OutputName } from "./inputs.ts";

/** What main leaves for post. */
export type StateName = "invocation" | "run" | "ended" | "policy" | "session" | "ssh" | "request" | "told";

export interface Annotation {
  readonly level: "error" | "warning" | "notice";
  readonly title: string;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
}

export interface Runner {
  readonly input: (name: InputName) => string;
  /** Names of the inputs that the step was given. */
  readonly given: readonly string[];
  /** Prints text that is not to be obeyed. */
  readonly print: (text: string) => void;
  /** Keeps every form of secrets out of the log from now on. */
  readonly mask: (secrets: readonly string[]) => void;
  readonly annotate: (annotation: Annotation) => void;
  readonly output: (name: OutputName, value: string) => void;
  readonly save: (name: StateName, value: string) => void;
  /** What main has left; null where nothing. */
  readonly saved: (name: StateName) => string | null;
  readonly appendSummary: (markdown: string) => Promise<void>;
  /** Takes the fence down. Nothing is to be printed after it. */
  readonly end: () => void;
}

export function openRunner(variables: Readonly<Record<string, string | undefined>>, write: (text: string) => void): Runner {
  const fence = randomUUID();
  const masked = new Set<string>();
  const outside = (command: () => void) => {
    write(`::${fence}::\n`);
    command();
    write(`::stop-commands::${fence}\n`);
  };
  /** Where the runner gives a file nothing is printed. */
  const byFile = (variable: string, command: () => void) => ((variables[variable] ?? "") === "" ? outside(command) : command());
  write(`::stop-commands::${fence}\n`);
  return {
    input: (name) => getInput(name),
    given: Object.entries(variables).flatMap(([name, value]) =>
      name.startsWith("INPUT_") && value !== "" ? [name.slice("INPUT_".length).toLowerCase()] : [],
    ),
    print: write,
    mask(secrets) {
      const unknown = secrets.flatMap(maskedTexts).filter((text) => !masked.has(text));
      if (unknown.length === 0) return;
      for (const text of unknown) masked.add(text);
      outside(() => unknown.forEach((text) => setSecret(text)));
    },
    annotate({ level, message, title, file, line }) {
      const place = { title, ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { startLine: line }) };
      outside(() => ({ error, warning, notice })[level](message, place));
    },
    output: (name, value) => byFile("GITHUB_OUTPUT", () => setOutput(name, value)),
    save: (name, value) => byFile("GITHUB_STATE", () => saveState(name, value)),
    saved: (name) => variables[`STATE_${name}`] || null,
    async appendSummary(markdown) {
      const file = variables["GITHUB_STEP_SUMMARY"];
      if (file !== undefined && file !== "") await appendFile(file, markdown);
    },
    end: () => write(`::${fence}::\n`),
  };
}
