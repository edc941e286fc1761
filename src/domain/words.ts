/** Numbers as people read them. */

/** `22 ms`, `0.3 s`, `1.2 s`, `14 s`, `3 min 4 s`, `2 h 5 min`. */
export function duration(ms: number): string {
  if (ms < 99.5) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const SIZES = ["B", "kB", "MB", "GB", "TB", "PB"];

/** `512 B`, `1.2 GB`, `419 MB`: decimal, as disks are sold and `ls --si` counts. */
export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < SIZES.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit > 0 && value < 9.95 ? value.toFixed(1) : String(Math.round(value));
  return `${digits} ${SIZES[unit] ?? ""}`;
}

/** `5,500,000`. */
export function count(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/gu, ",");
}

/** `1 row`, `5,500,000 rows`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** `2026-11-21 00:14:00 UTC` from ISO 8601; anything else as it is. */
export function moment(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** The first `limit` of a list, and how many more there are. */
export function firstOf(items: readonly string[], limit: number, joint = ", "): string {
  const rest = items.length - limit;
  return items.slice(0, limit).join(joint) + (rest > 0 ? `${joint}and ${count(rest)} more` : "");
}
