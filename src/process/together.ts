/**
 * Acts that only make sense together: the first that fails ends the others, by the signal that they share, and is what is thrown once all
 * of them have ended. Nothing of theirs goes on afterwards.
 */
export async function together<T extends readonly unknown[]>(
  outer: AbortSignal | undefined,
  begin: (signal: AbortSignal) => { readonly [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  const inner = new AbortController();
  const signal = outer === undefined ? inner.signal : AbortSignal.any([outer, inner.signal]);
  const acts = begin(signal);
  try {
    return (await Promise.all(acts)) as unknown as T;
  } catch (error) {
    inner.abort();
    await Promise.allSettled(acts);
    throw error;
  }
}
