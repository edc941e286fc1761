/** Names that a run makes: its ULID, the ids of its backups, and the short suffix of what it leaves beside a target. */

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A run's id: a ULID, so that ids sort by the time they were made. */
export type RunId = string;

/**
 * A ULID from a time and ten random bytes (https://github.com/ulid/spec): 48 bits of milliseconds, 80 bits of randomness,
 * 26 characters of Crockford's base 32. Sorts behind `after`, also where the clock was set back since that one was made: what is the last
 * run, and what took back what, is read off the ids.
 */
export function makeRunId(at: Date, random: Uint8Array, after: RunId | null = null): RunId {
  const earliest = after === null ? Number.NaN : timeOfRun(after) + 1;
  let bits = BigInt(Number.isNaN(earliest) ? at.getTime() : Math.max(at.getTime(), earliest));
  for (const byte of random.subarray(0, 10)) bits = (bits << 8n) | BigInt(byte);
  let id = "";
  for (let i = 0; i < 26; i++) {
    id = CROCKFORD.charAt(Number(bits & 31n)) + id;
    bits >>= 5n;
  }
  return id;
}

/** When a run began, in milliseconds since 1970; NaN for what is no run's id. */
export function timeOfRun(run: RunId): number {
  const digits = Array.from(run.slice(0, 10), (digit) => CROCKFORD.indexOf(digit));
  return run.length === 26 && !digits.includes(-1) ? digits.reduce((time, digit) => time * 32 + digit, 0) : Number.NaN;
}

/** Values of a backup's suffix that one millisecond has: 1,000 times as many fit four hexadecimal digits. */
const SUFFIXES_PER_MILLISECOND = 65;

/** `20261121T001400Z-7f3a`: sorts by time, to the millisecond, which the four hexadecimal digits hold together with a random part against collisions. */
export function makeBackupId(at: Date, random: Uint8Array): string {
  const stamp = at.toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "");
  const suffix = at.getUTCMilliseconds() * SUFFIXES_PER_MILLISECOND + ((random[0] ?? 0) % SUFFIXES_PER_MILLISECOND);
  return `${stamp}-${suffix.toString(16).padStart(4, "0")}`;
}

/** What tells in a short name whose it is: of its random part. */
export function suffixOf(run: RunId): string {
  return run.slice(-10);
}

/** What a file, database or schema beside the target is for. */
export type AsideKind = "clone" | "failed" | "scratch" | "after";

const ASIDE_LETTER: Record<AsideKind, string> = { clone: "c", failed: "f", scratch: "s", after: "a" };

/**
 * `<name>_belay_f_<last 10 of the ULID>`, the name cut so that the whole fits `maxBytes` (63 for a PostgreSQL name).
 * Engines cut silently or with a notice only; here it is done where it can be seen.
 */
export function asideName(name: string, kind: AsideKind, run: RunId, maxBytes = 255): string {
  const suffix = `_belay_${ASIDE_LETTER[kind]}_${suffixOf(run)}`;
  let kept = name;
  while (new TextEncoder().encode(kept + suffix).length > maxBytes) kept = [...kept].slice(0, -1).join("");
  return kept + suffix;
}
