/** A text made of sections that is never longer than GitHub takes: it is cut between sections, and says what was left out. */

import { firstOf } from "../../domain/words.ts";

export interface Section {
  /** What is missing where it is left out, as markdown: `the data of app`. */
  readonly name: string;
  /** Empty: there is nothing to show. */
  readonly text: string;
  /** Shown in its place before it is left out. */
  readonly brief?: string;
  /** What is worth least goes first, and of equals the last. `ALWAYS` stays. */
  readonly worth: number;
}

export const ALWAYS = Number.POSITIVE_INFINITY;

/** Between two sections: an empty line, which also ends every block of markdown. */
const JOINT = "\n\n";
const NAMES = 6;

/**
 * `limit`: bytes of UTF-8; no text has more UTF-16 units than that. `whole`: where everything stands, as markdown. The sentence on
 * what was left out stands before the last section. Longer than `limit` only when what must stay is.
 */
export function fit(sections: readonly Section[], limit: number, whole: string): string {
  const parts = sections.filter(({ text }) => text !== "").map((section) => part(section, section.text));
  const order = parts.map(({ section }, at) => ({ at, section })).filter(({ section }) => section.worth !== ALWAYS);
  order.reverse().sort((a, b) => a.section.worth - b.section.worth);
  let bytes = parts.reduce((sum, each) => sum + each.bytes, 0);
  for (const shorter of [(section: Section) => section.brief ?? section.text, () => ""]) {
    for (const { at, section } of order) {
      if (bytes <= limit && bytes + utf8Length(leftOut(parts, whole)) <= limit) return joined(parts, whole);
      const [before, after] = [parts[at], part(section, shorter(section))];
      bytes += after.bytes - (before?.bytes ?? 0);
      parts[at] = after;
    }
  }
  return joined(parts, whole);
}

interface Part {
  readonly section: Section;
  readonly shown: string;
  /** With what joins it to the next. */
  readonly bytes: number;
}

function part(section: Section, shown: string): Part {
  return { section, shown, bytes: shown === "" ? 0 : utf8Length(shown + JOINT) };
}

function joined(parts: readonly Part[], whole: string): string {
  const texts = parts.map(({ shown }) => shown).filter((text) => text !== "");
  return [...texts.slice(0, -1), leftOut(parts, whole), ...texts.slice(-1)].filter((text) => text !== "").join(JOINT);
}

function leftOut(parts: readonly Part[], whole: string): string {
  const cut = parts.filter(({ section, shown }) => shown !== section.text);
  if (cut.length === 0) return "";
  const names = cut.map(({ section, shown }) => (shown === "" ? section.name : `parts of ${section.name}`));
  return `✂️ Left out, because GitHub takes no more: ${firstOf(names, NAMES)}. ${whole}`;
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}
