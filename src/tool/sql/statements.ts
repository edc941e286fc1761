/** A script, cut into its statements. What cannot be cut (a string that never ends, a command of psql) stops it there and is told. */

import { tokenAt, type Token } from "./lexer.ts";
import type { Lexicon } from "./lexicon.ts";

export interface Statement {
  /** Without the semicolon and without comments around it. */
  readonly text: string;
  /** Line of its first character, from 1. */
  readonly line: number;
  /** Its first words in capitals, up to the first that is no bare word: `CREATE TABLE USERS`, `PRAGMA FOREIGN_KEYS`. */
  readonly head: string;
}

/** A line comment, for whoever looks for directives. */
export interface CommentLine {
  readonly text: string;
  readonly line: number;
  /** It stands before the first statement. */
  readonly top: boolean;
}

export type SplitStop =
  | { readonly kind: "unclosed"; readonly what: "string" | "name" | "comment"; readonly line: number }
  | { readonly kind: "client-command"; readonly text: string; readonly line: number }
  | { readonly kind: "inline-data"; readonly text: string; readonly line: number };

export interface SplitScript {
  readonly statements: readonly Statement[];
  readonly comments: readonly CommentLine[];
  /** Where splitting ended before the text did, and why; null where all of it was read. */
  readonly stop: SplitStop | null;
}

/** Words of the head: enough for the longest phrase that anybody asks for. */
const HEAD_WORDS = 8;

/**
 * Cuts a script into statements. `firstLine` is the number of the text's first line in its file. Linear in the length of the text.
 */
export function splitStatements(text: string, lexicon: Lexicon, firstLine = 1): SplitScript {
  const statements: Statement[] = [];
  const comments: CommentLine[] = [];
  const lineOf = lineCounter(text, firstLine);
  let open: OpenStatement | null = null;

  for (let token = tokenAt(text, 0, lexicon); token !== null; token = tokenAt(text, token.end, lexicon)) {
    if (token.unclosed !== undefined) {
      return { statements, comments, stop: { kind: "unclosed", what: token.unclosed, line: lineOf(token.start) } };
    }
    if (token.kind === "comment") {
      const comment = text.slice(token.start, token.end);
      if (comment.startsWith("--"))
        comments.push({ text: comment.trimEnd(), line: lineOf(token.start), top: statements.length === 0 && open === null });
      continue;
    }
    if (isClientCommand(text, token, lexicon, open === null)) {
      return { statements, comments, stop: { kind: "client-command", text: lineAt(text, token.start), line: lineOf(token.start) } };
    }
    if (token.kind === "semicolon" && (open === null || open.ends())) {
      if (open === null) continue;
      const statement = open.finish();
      if (lexicon.inlineData?.test(statement.text) === true)
        return { statements, comments, stop: { kind: "inline-data", text: lineAt(statement.text, 0), line: statement.line } };
      statements.push(statement);
      open = null;
      continue;
    }
    open ??= openStatement(text, lexicon, lineOf(token.start));
    open.take(token);
  }
  if (open !== null) statements.push(open.finish());
  return { statements, comments, stop: null };
}

interface OpenStatement {
  take(token: Token): void;
  /** Would a semicolon here end it? */
  ends(): boolean;
  finish(): Statement;
}

function openStatement(text: string, lexicon: Lexicon, line: number): OpenStatement {
  const head: string[] = [];
  let headEnded = false;
  let start = -1;
  let end = -1;
  let depth = 0;
  let previous = "";
  let bodyOpen = false;
  let bodyClosed = false;

  const hasBody = () => lexicon.body.header.test(head.join(" "));
  const bodyBegan = () => bodyOpen || (lexicon.body.opens === null && hasBody());

  const take = (token: Token) => {
    if (start < 0) start = token.start;
    end = token.end;
    const word = token.kind === "word" ? text.slice(token.start, token.end).toUpperCase() : "";
    headEnded ||= word === "" || head.length === HEAD_WORDS;
    if (!headEnded) head.push(word);
    if (token.kind === "open") depth++;
    if (token.kind === "close") depth = Math.max(0, depth - 1);
    const opens = lexicon.body.opens;
    if (opens !== null && previous === opens[0] && word === opens[1] && hasBody()) bodyOpen = true;
    if (word === "END" && (previous === ";" || (opens !== null && previous === opens[1])) && bodyBegan()) bodyClosed = true;
    previous = token.kind === "semicolon" ? ";" : word;
  };

  return {
    take,
    ends: () => (depth === 0 || !lexicon.parenthesesHoldSemicolons) && (bodyClosed || !bodyBegan()),
    finish: () => ({ text: text.slice(start, end), line, head: head.join(" ") }),
  };
}

function isClientCommand(text: string, token: Token, { clientCommand }: Lexicon, atStatementStart: boolean): boolean {
  if (token.kind !== "other" || text[token.start] !== clientCommand.character) return false;
  return clientCommand.where === "anywhere" || atStatementStart;
}

/** The rest of the line from `start` on. */
function lineAt(text: string, start: number): string {
  const end = text.indexOf("\n", start);
  return text.slice(start, end < 0 ? text.length : end).trim();
}

/** Tells the line of an offset. Offsets have to be asked for in rising order, so that the text is counted once. */
function lineCounter(text: string, firstLine: number): (offset: number) => number {
  let line = firstLine;
  let counted = 0;
  return (offset) => {
    for (let at = text.indexOf("\n", counted); at >= 0 && at < offset; at = text.indexOf("\n", counted)) {
      line++;
      counted = at + 1;
    }
    return line;
  };
}
