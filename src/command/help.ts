/** The texts of `--help`, from the registry. At most 80 columns; examples may be longer, so that they can be copied. */

import { COMMON_OPTIONS, type OptionName, type OptionSpec, optionSpec } from "./options.ts";
import { AUDIT } from "./audit.ts";
import { COMPLETION } from "./completion.ts";
import { availableCommands, COMMAND_SPECS } from "./registry.ts";
import type { Described } from "./spec.ts";

const WIDTH = 80;
/** Where the second command of a line stands in the list. */
const SECOND_COLUMN = 39;

export function generalHelp(version: string): string {
  const later = COMMAND_SPECS.filter(({ available }) => !available).map(({ name }) => name);
  return text([
    `Belay ${version}: database migrations with a rope.`,
    "",
    "Usage: belay <command> [environment] [options]",
    "       The environment may be left out where belay.yml has only one.",
    "",
    "A first look, then the run:",
    "  belay plan prod",
    "  belay migrate prod",
    "",
    `${COMPLETION.summary}: belay completion ${COMPLETION.shells.join(" | ")}`,
    `${AUDIT.summary}: belay audit ${AUDIT.usage}`,
    "For a screen reader: BELAY_PLAIN=1 gives words for symbols, each line once",
    "",
    "Options of all commands:",
    ...optionLines(COMMON_OPTIONS),
    "",
    "Exit status:",
    ...hanging("  ", "0 well, 1 defect, 2 usage, 3 refused, 4 undone, 5 needs attention, 6 checks failed, 130 interrupted"),
    "",
    ...(later.length === 0 ? [] : [...hanging("Not in this version: ", later.join(", ")), ""]),
    "Commands; `belay <command> --help` says all about one:",
    ...commandGrid(availableCommands()),
  ]);
}

export function commandHelp(spec: Described): string {
  return text([
    `belay ${spec.name}: ${spec.summary}`,
    "",
    `Usage: belay ${spec.name} ${spec.usage ?? "[environment] [options]"}`,
    "",
    ...spec.about.flatMap((paragraph) => [...hanging("", paragraph), ""]),
    ...(spec.options.length === 0 ? [] : ["Options:", ...optionLines(spec.options, spec.meanings), ""]),
    ...(spec.commonOptions === false ? [] : ["Options of all commands:", ...optionLines(COMMON_OPTIONS, spec.meanings), ""]),
    "Exit status:",
    ...[...spec.exits].sort(([a], [b]) => a - b).flatMap(([status, meaning]) => hanging(`  ${String(status).padEnd(5)}`, meaning)),
    "",
    "Examples:",
    ...spec.examples.flatMap(({ command, does }) => [`  ${command}`, `      ${does}`]),
  ]);
}

function optionLines(names: readonly OptionName[], meanings: Described["meanings"] = {}): string[] {
  const written = names.map((name) => {
    const spec = optionSpec(name);
    const short = spec.short === undefined ? "" : `-${spec.short}, `;
    return { left: `  ${short}--${name}${valueOf(spec)}`, summary: meanings[name] ?? spec.summary };
  });
  const column = Math.max(...written.map(({ left }) => left.length)) + 2;
  return written.flatMap(({ left, summary }) => hanging(left.padEnd(column), summary));
}

function valueOf({ value, valueOptional }: OptionSpec): string {
  if (value === null) return "";
  return valueOptional === true ? `[=${value}]` : ` ${value}`;
}

/** Two commands a line, read from left to right. */
function commandGrid(commands: readonly Described[]): string[] {
  const entry = ({ name, summary }: Described, width: number) => `${name.padEnd(width)}${summary}`;
  const lines: string[] = [];
  for (let at = 0; at < commands.length; at += 2) {
    const [left, right] = commands.slice(at, at + 2);
    if (left === undefined) break;
    lines.push(right === undefined ? entry(left, 10) : entry(left, 10).padEnd(SECOND_COLUMN) + entry(right, 9));
  }
  return lines;
}

/** Words after a head, the lines below it indented as far as the head is wide. */
function hanging(head: string, words: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of words.split(" ")) {
    if (line !== "" && head.length + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((body, at) => (at === 0 ? head : " ".repeat(head.length)) + body);
}

function text(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}
