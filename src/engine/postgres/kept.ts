/** Reads back what a manifest or a journal keeps: what is not of the shape that was written is damage, and told as such. */

import type * as z from "zod/mini";

import type { JsonValue } from "../../domain/canonical-json.ts";
import { failure } from "../../domain/error.ts";

/** `what` in words, as `what its schemas were like`. Throws `backup-damaged`. */
export function readKept<Shape extends z.ZodMiniType>(shape: Shape, kept: JsonValue | undefined, what: string): z.infer<Shape> {
  const read = shape.safeParse(kept);
  if (read.success) return read.data;
  throw failure("backup-damaged", `the manifest of the backup does not say ${what}`, {
    hint: "use another backup: `belay backups` lists them",
    cause: read.error,
  });
}
