/**
 * Hiding secrets in whatever leaves Belay. Every occurrence of every form of every secret becomes `***`, also where they overlap, and so
 * does the password in anything that looks like a URL, known or not.
 */

import { formsOf, type SecretForm } from "./secret-forms.ts";

const HIDDEN = "***";

/** `scheme://user:password@`, the password up to the last `@` of the authority, as people write one that holds an `@` itself. */
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/?#@"'<>]*:)([^\s/?#"'<>]+)@/gi;
/** A text's end that may yet become such a URL; looked for in the last characters only, so that an endless word is not kept back. */
const UNFINISHED_URL = /[a-z][a-z0-9+.-]{0,31}(?::\/{0,2}|:\/\/[^\s/?#"'<>]*)?$/i;
const LONGEST_URL = 4096;

/** Text with no secret in it. Redacting twice changes nothing more. */
export type Redactor = (text: string) => string;

/** Output that comes in pieces: a secret may begin in one and end in the next. */
export interface StreamRedactor {
  /** What can be said by now; the rest, which may be the beginning of a secret, is kept back for the next piece. */
  push(piece: string): string;
  /** The rest. To be called when nothing more comes. */
  end(): string;
}

/** Secrets of fewer than four characters are not looked for: they would hide every second word. */
export function makeRedactor(secrets: readonly string[]): Redactor {
  const matcher = new Matcher(secrets);
  return (text) => {
    let redacted = text;
    // What is left and right of a hidden secret may, together with the stars, spell another.
    for (let before = ""; before !== redacted;) {
      before = redacted;
      redacted = hide(before, matcher.find(before).spans);
    }
    return redacted;
  };
}

export function makeStreamRedactor(secrets: readonly string[]): StreamRedactor {
  const matcher = new Matcher(secrets);
  const redact = makeRedactor(secrets);
  let kept = "";
  return {
    push(piece) {
      const text = kept + piece;
      const { spans, unfinishedFrom } = matcher.find(text);
      const crossing = spans.find(({ from, to }) => from < unfinishedFrom && to > unfinishedFrom);
      const safe = crossing?.from ?? unfinishedFrom;
      kept = text.slice(safe);
      const hidden = spans.filter(({ to }) => to <= safe);
      return hidden.length === 0 ? text.slice(0, safe) : redact(hide(text.slice(0, safe), hidden));
    },
    end() {
      const rest = redact(kept);
      kept = "";
      return rest;
    },
  };
}

interface Span {
  readonly from: number;
  readonly to: number;
}

interface Finding {
  /** In order, apart from each other. */
  readonly spans: readonly Span[];
  /** Where the first secret begins that the end of the text cuts off; the text's length where there is none. */
  readonly unfinishedFrom: number;
}

class Matcher {
  /** Forms by the two UTF-16 code units with which they may begin, and by the first of them alone for a text's last place. */
  readonly #byBeginning = new Map<number, SecretForm[]>();

  constructor(secrets: readonly string[]) {
    for (const form of [...new Set(secrets)].flatMap(formsOf)) {
      for (const beginning of beginningsOf(form)) {
        const others = this.#byBeginning.get(beginning);
        if (others === undefined) this.#byBeginning.set(beginning, [form]);
        else others.push(form);
      }
    }
  }

  find(text: string): Finding {
    const spans: Span[] = [];
    let unfinishedFrom = unfinishedUrlFrom(text);
    for (let at = 0; at < text.length; at++) {
      for (const form of this.#byBeginning.get(beginningAt(text, at)) ?? []) {
        const { to, cutOff } = matchAt(form, text, at);
        if (to !== null) spans.push({ from: at, to });
        if (cutOff) unfinishedFrom = Math.min(unfinishedFrom, at);
      }
    }
    for (const { index, 0: whole, 1: before = "" } of text.matchAll(URL_PASSWORD)) {
      spans.push({ from: index + before.length, to: index + whole.length - 1 });
    }
    return { spans: united(spans), unfinishedFrom };
  }
}

/** Two code units as one number; a text of one stands for itself, above all pairs. */
function beginningAt(text: string, at: number): number {
  const second = text.charCodeAt(at + 1);
  return Number.isNaN(second) ? 2 ** 32 + text.charCodeAt(at) : text.charCodeAt(at) * 2 ** 16 + second;
}

function beginningsOf([first = [], second = [""]]: SecretForm): ReadonlySet<number> {
  const starts = first.flatMap((spelling) => (spelling.length > 1 ? [spelling] : second.map((next) => spelling + next)));
  return new Set(starts.flatMap((start) => [beginningAt(start, 0), beginningAt(start.slice(0, 1), 0)]));
}

function unfinishedUrlFrom(text: string): number {
  const end = text.slice(-LONGEST_URL);
  return text.length - end.length + (UNFINISHED_URL.exec(end)?.index ?? end.length);
}

/** Follows all spellings at once: where the longest ends, and whether the text ends before one does. */
function matchAt(form: SecretForm, text: string, start: number): { readonly to: number | null; readonly cutOff: boolean } {
  let ends = new Set([start]);
  let cutOff = false;
  for (const spellings of form) {
    const next = new Set<number>();
    for (const at of ends) {
      for (const spelling of spellings) {
        if (text.startsWith(spelling, at)) next.add(at + spelling.length);
        else if (at + spelling.length > text.length && spelling.startsWith(text.slice(at))) cutOff = true;
      }
    }
    ends = next;
    if (ends.size === 0) return { to: null, cutOff };
  }
  return { to: Math.max(...ends), cutOff };
}

/** Overlapping and touching spans made one, so that nothing of a secret looks out beside another. */
function united(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last === undefined || span.from > last.to) result.push(span);
    else result[result.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
  }
  return result;
}

function hide(text: string, spans: readonly Span[]): string {
  let shown = "";
  let from = 0;
  for (const span of spans) {
    shown += text.slice(from, span.from) + HIDDEN;
    from = span.to;
  }
  return shown + text.slice(from);
}
