/** Values that stand in many places of belay.yml. */

import * as z from "zod/mini";
import { DEFAULTS } from "./defaults.ts";
import { DURATION_HINT, isDuration, isFilled, isTimeout } from "./rule.ts";

/** A key that may be left out, with what the reference says about it. */
export function described<T extends z.ZodMiniType>(schema: T, description: string, defaultValue?: string | number | boolean) {
  const optional = z.optional(schema);
  z.globalRegistry.add(optional, defaultValue === undefined ? { description } : { description, default: defaultValue });
  return optional;
}

/** A key that must be there. */
export function needed<T extends z.ZodMiniType>(schema: T, description: string): T {
  const own = z.clone(schema);
  z.globalRegistry.add(own, { description });
  return own;
}

export function text(...checks: readonly z.core.$ZodCheck<string>[]) {
  return z.string().check(...checks);
}

/** Builds a schema when it is first asked for: building all of them takes longer than reading most files. */
export function once<T>(build: () => T): () => T {
  let built: { readonly schema: T } | undefined;
  return () => (built ??= { schema: build() }).schema;
}

export const duration = once(() => z.string(DURATION_HINT).check(isDuration));
export const timeout = once(() => z.string(DURATION_HINT).check(isTimeout));

const argv = once(() => z.array(z.string()).check(z.minLength(1)));
const shell = once(() => text(isFilled));

/** A string goes through the shell, a list is run as it is. */
export const command = once(() =>
  z.union([
    shell(),
    argv(),
    z.strictObject({
      run: needed(z.union([shell(), argv()]), "The command: a text for the shell, or a list that is run without one."),
      timeout: described(timeout(), "How long it may take.", DEFAULTS.commandTimeout),
    }),
  ]),
);

export type WrittenCommand = z.infer<ReturnType<typeof command>>;

export const scalar = once(() => z.union([z.string(), z.number(), z.boolean(), z.null()]));
