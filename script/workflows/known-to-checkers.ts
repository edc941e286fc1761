/**
 * What GitHub has and both checkers still call unknown: the queue of a concurrency (May 2026), the right to attest, the Node that actions
 * run on and the runners on ARM, both since 2025. Each alone on its line, as this project writes it.
 */
const NEWER: readonly (readonly [pattern: RegExp, readable: string])[] = [
  [/^( +)queue: (?:max|single)(?= *(?:#.*)?$)/gm, "$1# queue"],
  [/^( +)attestations: write(?= *(?:#.*)?$)/gm, "$1# attestations"],
  [/^( +using:) node24$/gm, "$1 node20"],
  [/^( +- runner:) ubuntu-24\.04-arm$/gm, "$1 ubuntu-latest"],
];

/**
 * A workflow or `action.yml` as checkers that are older than GitHub can read it: every other line stays where it was. What this takes out
 * of their sight, rules.ts and the test of `action.yml` look at.
 */
export function knownToCheckers(content: string): string {
  return NEWER.reduce((text, [pattern, readable]) => text.replaceAll(pattern, readable), content);
}
