/** Objects as people name them: `person` in the schema public, `audit.log` elsewhere. */

import { quoteIdentifier } from "./identifiers.ts";

/** `person.name`, `audit.log.at`: what stands inside another object. */
export function labelWithin(schema: string, owner: string, name: string): string {
  return `${labelOf(schema, owner)}.${part(name)}`;
}

export function labelOf(schema: string, name: string): string {
  return schema === "public" ? part(name) : `${part(schema)}.${part(name)}`;
}

/** What large objects are called as a whole, as if they were one table. */
export const LARGE_OBJECTS = "large objects";

/** Quoted only where two objects could otherwise have one label. */
function part(name: string): string {
  return /[."]/.test(name) || name === LARGE_OBJECTS ? quoteIdentifier(name) : name;
}
