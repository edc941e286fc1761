/** A real terminal (by `script`, which every Debian has) around a command: what it wrote, keys that are pressed, and a change of its size. */

import { spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";

export interface Terminal {
  /** All that was written so far, with every control sequence. */
  readonly written: () => string;
  press(keys: string): void;
  /** The exit status, once all is over. */
  readonly ended: Promise<number | null>;
}

export interface TerminalSize {
  readonly columns: number;
  /** A narrower or wider terminal, from `afterMs` on. */
  readonly resized?: { readonly columns: number; readonly afterMs: number };
}

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

export function inTerminal(
  command: readonly string[],
  cwd: string,
  size: TerminalSize,
  env: Readonly<Record<string, string>> = {},
): Terminal {
  const { columns, resized } = size;
  const resize = resized === undefined ? "" : `(sleep ${resized.afterMs / 1000}; stty cols ${resized.columns} <&3) 3<&0 &`;
  const inside = `stty cols ${columns} rows 24; ${resize} exec ${command.map(quoted).join(" ")}`;
  const child = spawn("script", ["--quiet", "--return", "--command", inside, "/dev/null"], {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", HOME: cwd, LANG: "C.UTF-8", TERM: "xterm-256color", SHELL: "/bin/sh", ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let written = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (written += text));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { written: () => written, press: (keys) => child.stdin.write(keys), ended };
}

/** What the screen shows in the end: each line as it was written over last. */
export function screen(written: string): string[] {
  return written
    .replaceAll("\r\n", "\n")
    .split("\n")
    .map((line) => stripVTControlCharacters(line.split("\r").at(-1) ?? "").trimEnd());
}

/** Every state of the line that is written over. */
export function frames(written: string): string[] {
  return written.split(/\r\x1b\[2K|\r?\n/u).map((line) => stripVTControlCharacters(line));
}
