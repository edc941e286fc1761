/** Reading tokens from left to right. */

import { isKeyword, type Token } from "./sql-tokens.ts";

export class TokenCursor {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  atEnd(): boolean {
    return this.#next >= this.#tokens.length;
  }

  peek(ahead: number): Token | undefined {
    return this.#tokens[this.#next + ahead];
  }

  at(...keywords: readonly string[]): boolean {
    return isKeyword(this.peek(0), ...keywords);
  }

  atOperator(...operators: readonly string[]): boolean {
    const token = this.peek(0);
    return token?.kind === "operator" && operators.includes(token.text);
  }

  take(count: number): Token[] {
    const taken = this.#tokens.slice(this.#next, this.#next + count);
    this.#next += count;
    return taken;
  }

  takeWhile(...keywords: readonly string[]): Token[] {
    const taken: Token[] = [];
    while (this.at(...keywords)) taken.push(...this.take(1));
    return taken;
  }

  takeOperator(...operators: readonly string[]): string {
    return this.atOperator(...operators)
      ? this.take(1)
          .map((token) => token.text)
          .join("")
      : "";
  }

  /** One token, or everything from a bracket to its partner. */
  group(): Token[] {
    if (!this.atOperator("(")) return this.take(1);
    let depth = 0;
    let count = 0;
    do {
      const token = this.peek(count++);
      if (token === undefined) break;
      if (token.kind === "operator") depth += token.text === "(" ? 1 : token.text === ")" ? -1 : 0;
    } while (depth > 0);
    return this.take(count);
  }

  rest(): Token[] {
    return this.take(this.#tokens.length);
  }
}

/** The parts between commas that stand outside of brackets. */
export function splitAtCommas(tokens: readonly Token[]): Token[][] {
  const items: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === "operator" && token.text === "(") depth++;
    if (token.kind === "operator" && token.text === ")") depth--;
    if (depth === 0 && token.kind === "operator" && token.text === ",") items.push([]);
    else items.at(-1)?.push(token);
  }
  return items;
}
