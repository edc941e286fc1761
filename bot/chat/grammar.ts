/** A comment → what it asks for. Strict: ASCII, one command a line; whatever is not understood says what was most likely meant. Pure. */

import { nearest } from "../../src/domain/nearest.ts";
import { commandLines } from "./lines.ts";
import { CHAT_COMMANDS, chatCommand, type ChatCommand, type ChatCommandName, type ChatOption, type Positional, usageOf } from "./table.ts";

export interface Asked {
  readonly kind: "asked";
  readonly command: ChatCommandName;
  /** It began with `/belay`: it is meant for Belay, whatever else stands in the line. */
  readonly named: boolean;
  readonly environment: string | null;
  readonly request: string | null;
  readonly run: string | null;
  readonly ref: string | null;
  readonly reason: string | null;
  readonly targets: readonly string[];
  readonly again: string | null;
  readonly to: string | null;
}

/** Not understood. `suggestion`: a line to type, or null where nothing is near. */
export interface Mistake {
  readonly kind: "mistake";
  readonly named: boolean;
  readonly message: string;
  readonly suggestion: string | null;
  /** The word after the command, where it could be an environment or a request: without one the bare form is not for Belay. */
  readonly subject: string | null;
}

/** In GitHub's longest comment there is room for thousands; nobody types them. */
const MOST_COMMANDS = 10;
const LONGEST_LINE = 500;

export function readComment(body: string): readonly (Asked | Mistake)[] {
  return commandLines(body)
    .flatMap((line) => readLine(line) ?? [])
    .slice(0, MOST_COMMANDS);
}

/** null: it is no command of Belay's, and nobody says anything. */
export function readLine(line: string): Asked | Mistake | null {
  const [, named, rest = ""] = /^\/(belay(?=\s|$))?(.*)$/su.exec(line) ?? [];
  const isNamed = named !== undefined;
  if (!isNamed && /^\s/u.test(rest)) return null;
  const words = wordsOf(rest);
  const name = (words === null ? rest.trim().split(/\s/u)[0] : words[0]?.text) ?? "";
  const command = chatCommand(name);
  if (command === null) return isNamed ? unknown(name) : null;
  const subject = words?.[1]?.text ?? null;
  const mistake = (message: string, suggestion: string | null = usageOf(command)): Mistake => ({
    kind: "mistake",
    named: isNamed,
    message,
    suggestion,
    subject,
  });
  if (line.length > LONGEST_LINE) return mistake(`a command has at most ${LONGEST_LINE} characters`);
  if (!/^[\x20-\x7e]*$/u.test(line)) return mistake("a command is plain ASCII: look for typographic quotes and dashes");
  if (words === null) return mistake("a quote is not closed");
  const read = readWords(command, words.slice(1));
  return typeof read === "string" ? mistake(read) : { ...read, kind: "asked", command: command.name, named: isNamed };
}

function unknown(name: string): Mistake {
  const meant = nearest(
    name,
    CHAT_COMMANDS.map((each) => each.name),
  );
  const message = name === "" ? "there is no command after /belay" : `there is no command ${JSON.stringify(name)}`;
  const found = meant === null ? null : chatCommand(meant);
  return { kind: "mistake", named: true, message, suggestion: found === null ? "/belay help" : usageOf(found), subject: null };
}

interface Word {
  readonly text: string;
  readonly quoted: boolean;
}

/** null: a quote is not closed, or begins inside a word. */
function wordsOf(text: string): readonly Word[] | null {
  const words: Word[] = [];
  let rest = text.trimStart();
  while (rest !== "") {
    const match = /^(?:"(?<quoted>[^"]*)"|(?<plain>[^\s"]+))(?=\s|$)/u.exec(rest);
    if (match === null) return null;
    const { quoted, plain = "" } = match.groups ?? {};
    words.push({ text: quoted ?? plain, quoted: quoted !== undefined });
    rest = rest.slice(match[0].length).trimStart();
  }
  return words;
}

type Read = Omit<Asked, "kind" | "command" | "named">;

const NOTHING: Read = { environment: null, request: null, run: null, ref: null, reason: null, targets: [], again: null, to: null };

/** A text says what is wrong. */
function readWords(command: ChatCommand, words: readonly Word[]): Read | string {
  let read = NOTHING;
  const left = [...command.positionals];
  const seen = new Set<string>();
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (word === undefined) break;
    if (!word.quoted && word.text.startsWith("-")) {
      const option = command.options.find(({ name }) => name === word.text);
      const value = words[at + 1];
      if (option === undefined) return unknownOption(command, word.text);
      if (value === undefined || (!value.quoted && value.text.startsWith("-"))) return `${option.name} needs a value`;
      if (seen.has(option.name) && !option.repeatable) return `${option.name} is there twice`;
      seen.add(option.name);
      const taken = withOption(read, option, value);
      if (typeof taken === "string") return taken;
      read = taken;
      at += 1;
      continue;
    }
    const positional = left.shift();
    if (positional === undefined) return `${JSON.stringify(word.text)} is one word too many`;
    const taken = withPositional(read, positional, word);
    if (typeof taken === "string") return taken;
    read = taken;
  }
  const missing = left.find((each) => !command.optional.includes(each));
  return missing === undefined ? read : MISSING[missing];
}

const MISSING: Readonly<Record<Positional, string>> = {
  environment: "an environment is missing",
  request: "the request's name is missing",
  run: "a run is missing",
  ref: "a branch is missing",
  reason: "a reason in quotes is missing",
};

function unknownOption({ options }: ChatCommand, given: string): string {
  const meant = nearest(
    given,
    options.map(({ name }) => name),
  );
  return `there is no option ${given} here${meant === null ? "" : `; ${meant} is one`}`;
}

/** Names of environments, requests, runs, targets, branches: what all of them are made of. */
const NAME = /^[A-Za-z0-9_][\w./:-]{0,199}$/u;

function withPositional(read: Read, positional: Positional, { text, quoted }: Word): Read | string {
  if (positional === "reason") return quoted && text.trim() !== "" ? { ...read, reason: text.trim() } : MISSING.reason;
  if (quoted || !NAME.test(text)) return `${JSON.stringify(text)} is no name`;
  return { ...read, [positional]: text };
}

function withOption(read: Read, { name }: ChatOption, { text, quoted }: Word): Read | string {
  if (name === "--again") return quoted && text.trim() !== "" ? { ...read, again: text.trim() } : "--again needs a reason in quotes";
  if (quoted || !NAME.test(text)) return `${JSON.stringify(text)} is no name`;
  if (name === "--target") return { ...read, targets: [...read.targets, text] };
  return name === "--run" ? { ...read, run: text } : { ...read, to: text };
}
