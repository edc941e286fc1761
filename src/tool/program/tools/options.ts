import type { Place } from "../definition.ts";

/** One of the tool's own keys; null: not given. */
export function textOf(options: Place["options"], key: string): string | null {
  const value = options[key];
  return typeof value === "string" ? value : null;
}
