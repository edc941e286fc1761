const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `500ms`, `30s`, `1.5m`, `24h`, `7d` in milliseconds; null for anything else. */
export function durationMs(text: string): number | null {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return null;
  return Math.round(Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS]);
}

/** As `durationMs`, for text that the schema has already accepted. */
export function validDurationMs(text: string): number {
  const parsed = durationMs(text);
  if (parsed === null) throw new RangeError(`${JSON.stringify(text)} passed the schema and is no length of time`);
  return parsed;
}
