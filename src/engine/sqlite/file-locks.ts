/** Who locks a file, as far as the system tells (Linux: /proc/locks). Everybody may read that, of everybody's processes. */

import { readFileSync } from "node:fs";

export interface FileNumbers {
  readonly dev: bigint;
  readonly ino: bigint;
}

/**
 * Processes with a POSIX lock on this file. `/proc/locks` says `1: POSIX ADVISORY WRITE 4711 fd:01:1234 0 EOF`. Overlay file systems show
 * another device: then the inode alone counts.
 */
export function lockingPids({ dev, ino }: FileNumbers): readonly number[] {
  const locks = readLocks().matchAll(/^\d+: POSIX .* (\d+) ([0-9a-f]+):([0-9a-f]+):(\d+) /gm);
  const found = [...locks].filter(([, , , , inode]) => inode === `${ino}`);
  const exact = found.filter(
    ([, , major, minor]) =>
      major !== undefined && minor !== undefined && BigInt(`0x${major}`) === majorOf(dev) && BigInt(`0x${minor}`) === minorOf(dev),
  );
  return (exact.length > 0 ? exact : found).map(([, pid]) => Number(pid)).filter((pid) => pid > 0);
}

function majorOf(dev: bigint): bigint {
  return ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
}

function minorOf(dev: bigint): bigint {
  return (dev & 0xffn) | ((dev >> 12n) & ~0xffn);
}

function readLocks(): string {
  try {
    return readFileSync("/proc/locks", "utf8");
  } catch (error) {
    if (error instanceof Error) return ""; // no such system
    throw error;
  }
}
