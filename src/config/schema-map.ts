/** Maps whose keys may all be left out, built only as far as a given file needs them. */

import * as z from "zod/mini";
import type { JsonValue } from "../domain/canonical-json.ts";

/** Each key with its schema; `given` is what stands there in the file at hand, undefined for the schema as a whole. */
type Keys = Readonly<Record<string, (given?: JsonValue) => z.ZodMiniType>>;
type ShapeOf<K extends Keys> = { [Key in keyof K]: ReturnType<K[Key]> };

/** Known, and not looked at: it is not in the file. */
const ABSENT = z.optional(z.unknown());

/**
 * The schema of a map with these keys, and no others. Building a schema takes longer than asking it, so that for a given file only the keys
 * that stand in it are built; the others are known by name, for what is said of misspelt ones. None of the keys may be needed.
 */
export function mapOf<K extends Keys>(keys: K, given: JsonValue | undefined) {
  const shape = Object.entries(keys).map(([key, schema]) => {
    if (given === undefined) return [key, schema()] as const;
    const isThere = typeof given === "object" && given !== null && !Array.isArray(given) && key in given;
    return [key, isThere ? schema((given as Readonly<Record<string, JsonValue>>)[key]) : ABSENT] as const;
  });
  return z.strictObject(Object.fromEntries(shape) as ShapeOf<K>);
}
