import { readdirSync, readFileSync } from "node:fs";

const EVERY_MS = 10;

/** Megabytes. */
export interface Peak {
  readonly largest: number;
  readonly together: number;
}

/** Looks again and again at a process and everything below it. Linux only: elsewhere /proc does not tell. */
export class MemoryWatch {
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #largest = new Map<string, number>();
  #together = 0;

  start(pid: number): void {
    this.#timer = setInterval(() => this.#look(pid), EVERY_MS);
  }

  stop(): Peak {
    clearInterval(this.#timer);
    return { largest: Math.max(...this.#largest.values()) / 1000, together: this.#together / 1000 };
  }

  #look(root: number): void {
    const pids = [...below(String(root))];
    for (const pid of pids) {
      const highest = kilobytes(`/proc/${pid}/status`, "VmHWM");
      if (highest > (this.#largest.get(pid) ?? 0)) this.#largest.set(pid, highest);
    }
    this.#together = Math.max(
      this.#together,
      pids.reduce((sum, pid) => sum + kilobytes(`/proc/${pid}/smaps_rollup`, "Pss"), 0),
    );
  }
}

function* below(pid: string): Generator<string> {
  yield pid;
  for (const thread of listed(`/proc/${pid}/task`)) {
    for (const child of text(`/proc/${pid}/task/${thread}/children`).split(" ").filter(Boolean)) yield* below(child);
  }
}

/** In units of 1000 bytes; 0 for what has ended meanwhile. */
function kilobytes(file: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text(file));
  return (Number(found?.[1] ?? 0) * 1024) / 1000;
}

function listed(folder: string): readonly string[] {
  return unlessEnded(() => readdirSync(folder), []);
}

function text(file: string): string {
  return unlessEnded(() => readFileSync(file, "utf8"), "");
}

function unlessEnded<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH")) return otherwise;
    throw error;
  }
}
