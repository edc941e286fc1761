import { BelayError } from "../domain/error.ts";

/**
 * Acts that only make sense together: the first that fails ends the others, by the signal that they share. When all of them have ended,
 * what went wrong is thrown; what the others say of being ended is not it. Nothing of theirs goes on afterwards.
 */
export async function together<T extends readonly unknown[]>(
  outer: AbortSignal | undefined,
  begin: (signal: AbortSignal) => { readonly [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  const inner = new AbortController();
  const acts = begin(outer === undefined ? inner.signal : AbortSignal.any([outer, inner.signal]));
  const failures: unknown[] = [];
  for (const act of acts) {
    act.catch((error: unknown) => {
      failures.push(error);
      inner.abort();
    });
  }
  await Promise.allSettled(acts);
  if (failures.length > 0) throw tellingMost(failures);
  return (await Promise.all(acts)) as unknown as T;
}

/** A stream passes on the bare error of the one behind it, whose owner says what it was about. */
function tellingMost(failures: readonly unknown[]): unknown {
  const causes = failures.filter((failure) => !isConsequence(failure));
  return causes.find((failure) => failure instanceof BelayError) ?? causes[0] ?? failures[0];
}

/** A stream that was closed from its other end, a program that was ended: they tell nothing of why. */
function isConsequence(error: unknown): boolean {
  if (error instanceof BelayError) return error.code === "interrupted";
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ERR_STREAM_PREMATURE_CLOSE" || code === "ERR_STREAM_DESTROYED" || code === "ABORT_ERR";
}
