/** Definitions as the server writes them, made the same before a dump and after its restore. */

const ELEMENT = /'(?:[^']|'')*'::[a-z][a-z ]*(?:\(\d+\))?/g;
const CAST_ARRAY =
  /\(ARRAY\[('(?:[^']|'')*'::[a-z][a-z ]*(?:\(\d+\))?(?:, '(?:[^']|'')*'::[a-z][a-z ]*(?:\(\d+\))?)*)\]\)::([a-z][a-z ]*)\[\]/g;

/**
 * `status in ('a', 'b')` on a varchar column is first kept as one cast of an array, and once that text was read again as an array of
 * casts. Both mean the same; the second is what stays.
 */
export function normalised(definition: string): string {
  return definition.replaceAll(CAST_ARRAY, (_, elements: string, type: string) => {
    const cast = (elements.match(ELEMENT) ?? []).map((element) => `(${element})::${type}`);
    return `ARRAY[${cast.join(", ")}]`;
  });
}
