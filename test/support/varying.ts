/** Output of Belay without what differs from run to run and from machine to machine. */

/** What differs from run to run, written alike. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9A-HJKMNP-TV-Z]{26}\b/gu, "RUN"],
  [/\b\d{8}T\d{6}Z-[0-9a-f]{4}\b/gu, "BACKUP"],
  [/(_belay_[a-z]_)[0-9A-Z]{10}/gu, "$1RUN"],
  [/\bsha256:[0-9a-f]{64}\b/gu, "sha256:DIGEST"],
  [/\b[0-9a-f]{40}\b/gu, "HASH"],
  [/\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?(\.\d+)?( UTC|Z)?/gu, "TIME"],
  [/\b[\d.]+ (ms|s|min \d+ s)(?=\W|$)/gu, "TIME"],
  [/\b[\d.]+ [kM]?B\b/gu, "SIZE"],
  [/\bpid \d+/gu, "pid N"],
  // Whether a rename is possible depends on who may look at the other processes of the machine.
  [/\b(swap|restore, in-place), identical/gu, "WAY, identical"],
  [/\bWay: +(swap|restore \(in-place\)): [\s\S]*?\n(?=\S)/gu, "Way: WAY\n"],
];

/** For comparing: on one line. */
export function alike(printed: string): string {
  return constant(printed).replaceAll(/\s+/gu, " ").trim();
}

/** For reading: lines as they are, but what was wrapped (at a place that a path's length decides) in one line again. */
export function readable(printed: string): string {
  return constant(printed)
    .replaceAll(/\n( {10,}(?=\S)|(?=[a-z(]))/gu, " ")
    .replaceAll(/ {2,}(TIME)/gu, "  $1")
    .replaceAll(/^( {2}[✔✖⚠-] .*?) {2}TIME (\S.*)$/gmu, "$1 $2  TIME")
    .replaceAll(/[ \t]+$/gmu, "");
}

function constant(printed: string): string {
  return VARYING.reduce((text, [pattern, word]) => text.replace(pattern, word), printed);
}
