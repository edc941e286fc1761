/** Markdown as a CommonMark parser with GitHub's extensions reads it, and what GitHub would then make of its text. */

import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";

export interface RenderedTag {
  readonly name: string;
  readonly closing: boolean;
  readonly attributes: string;
}

export interface Rendered {
  readonly tags: readonly RenderedTag[];
  /** All text, tags left out, references resolved. */
  readonly text: string;
  /** Texts in which GitHub looks for mentions and references: not in code, not in links. */
  readonly running: readonly string[];
}

/** Raw HTML stays, as GitHub keeps it. */
export function rendered(markdown: string): Rendered {
  const html = micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });
  const tags: RenderedTag[] = [];
  const running: string[] = [];
  let [text, shielded] = ["", 0];
  for (const [piece, comment, slash, name, attributes = ""] of html.matchAll(/(<!--.*?-->)|<(\/?)([a-z][a-z0-9]*)([^>]*)>|[^<]+|</gsu)) {
    if (comment !== undefined) continue;
    if (name === undefined) {
      text += resolved(piece);
      if (shielded === 0) running.push(resolved(piece));
      continue;
    }
    const closing = slash === "/";
    tags.push({ name, closing, attributes });
    if (["code", "pre", "a"].includes(name)) shielded += closing ? -1 : 1;
  }
  return { tags, text, running };
}

/** Names of tags that open, without those that only change how text looks. */
export function skeleton({ tags }: Rendered): string {
  return tags
    .filter(({ name, closing }) => !closing && !["code", "strong"].includes(name))
    .map(({ name }) => name)
    .join(" ");
}

export function hrefs({ tags }: Rendered): string[] {
  return tags.flatMap(({ name, closing, attributes }) => (name === "a" && !closing ? [/href="([^"]*)"/u.exec(attributes)?.[1] ?? ""] : []));
}

/** What GitHub links, mentions or replaces in running text. */
export const GITHUB_ACTS_ON =
  /@[\p{L}\p{N}]|#\d|\bGH-\d|\b[0-9a-f]{7,40}\b|https?:\/\/|\bwww\.|\bmailto:|:(?:[+-]1|100|1234|[\w+-]*[a-z][\w+-]*):|\$/iu;

const NAMED: Readonly<Record<string, string>> = { quot: '"', lt: "<", gt: ">", amp: "&" };

function resolved(html: string): string {
  return html.replace(/&(?:#(\d+)|(quot|lt|gt|amp));/gu, (_, point: string | undefined, name: string | undefined) =>
    point === undefined ? (NAMED[name ?? ""] ?? "") : String.fromCodePoint(Number(point)),
  );
}
