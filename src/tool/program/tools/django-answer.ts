/** Reads what the scripts printed; null for whatever is not of the shape that they print. */

import * as z from "zod/mini";
import { answerIn } from "./django-script.ts";

const texts = z.array(z.string());

const files = z.object({
  known: z.array(z.object({ id: z.string(), file: z.nullable(z.string()), reversible: z.boolean(), after: texts, replaces: texts })),
  disk: texts,
  conflicts: z.record(z.string(), texts),
});

const seen = z.object({ applied: texts, path: z.optional(z.string()), server: z.optional(z.string()) });

const tenants = z.object({ table: z.string(), shared: z.string() });

export type DjangoFiles = z.infer<typeof files>;

export const readFiles = (printed: string): DjangoFiles | null => files.safeParse(answerIn(printed)).data ?? null;
export const readSeen = (printed: string): z.infer<typeof seen> | null => seen.safeParse(answerIn(printed)).data ?? null;
export const readTenants = (printed: string): z.infer<typeof tenants> | null => tenants.safeParse(answerIn(printed)).data ?? null;
