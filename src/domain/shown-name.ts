/** A name as people read it: quoted only where it would be ambiguous. */
export function shownName(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
