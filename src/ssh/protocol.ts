/**
 * What a job and Belay on a server say to each other over ssh: one message a line, each behind a mark, so that what a login shell prints
 * is not taken for one. The job asks, and its going away ends nothing: whoever comes back with the session's id gets its end.
 */

import type { Reason } from "../domain/error.ts";
import type { Invocation } from "../domain/invocation.ts";
import type { ProgressEvent } from "../domain/progress.ts";
import type { Result } from "../domain/result.ts";
import type { PortableError } from "../process/portable-error.ts";
import type { PolicyFile } from "../world.ts";

/** Raised when one side would misunderstand the other. Belay of any two versions with the same number work together. */
export const PROTOCOL = 1;

/** Everything that Belay on the server is not to find out for itself. */
export interface Begin {
  readonly type: "begin";
  readonly invocation: Pick<Invocation, "command" | "environment" | "config" | "targets" | "options">;
  /** Absolute; null: the one that the session was started for. */
  readonly directory: string | null;
  /** Those that the environment names and the step was given. Secrets. */
  readonly variables: Readonly<Record<string, string>>;
  readonly sha: string;
  readonly repositoryId: number;
  readonly policy: PolicyFile;
}

export type FromJob =
  | Begin
  /** `cancel`: the job is over, and what is not finished is to be taken back. */
  | { readonly type: "attach"; readonly session: string; readonly cancel: boolean }
  | { readonly type: "cancel"; readonly signal: string }
  | { readonly type: "answer"; readonly id: number; readonly unmet: Reason | null }
  | { readonly type: "answer-failed"; readonly id: number; readonly error: PortableError }
  /** The end has arrived, and need not be kept any longer. */
  | { readonly type: "received" };

export type End = { readonly type: "ended"; readonly result: Result } | { readonly type: "threw"; readonly error: PortableError };

export type FromServer =
  | { readonly type: "hello"; readonly protocol: number; readonly belay: string; readonly session: string }
  | { readonly type: "progress"; readonly event: ProgressEvent }
  | { readonly type: "hide"; readonly secrets: readonly string[] }
  /** Was the environment that must come first deployed? GitHub knows, and only the job can ask it. */
  | { readonly type: "ask"; readonly id: number; readonly githubEnvironment: string; readonly pendingDigest: string }
  /** To `attach`: the session is over and has left no end; it was killed. */
  | { readonly type: "gone" }
  | End;

const MARK = "belay-ssh ";

export function toLine(message: FromJob | FromServer): string {
  return `${MARK}${JSON.stringify(message)}\n`;
}

/** More than any result; a line that goes on is none of ours. */
const LONGEST_LINE = 64 * 1024 * 1024;

/** Puts chunks of text together to lines. `message` gets what is behind a mark, `other` every line that has none. */
export function lineReader(told: { readonly message: (message: unknown) => void; readonly other: (line: string) => void }) {
  let rest = "";
  const take = (line: string) => {
    if (line.startsWith(MARK)) told.message(JSON.parse(line.slice(MARK.length)));
    else told.other(line);
  };
  return {
    add(text: string): void {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) take(line);
      if (rest.length > LONGEST_LINE) rest = "";
    },
    end(): void {
      if (rest !== "" && !rest.startsWith(MARK)) told.other(rest);
      rest = "";
    },
  };
}
