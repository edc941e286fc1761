/** A process (and its group), told from any later one with the same number by its start time. */
export interface StartedProcess {
  readonly pid: number;
  /** In clock ticks since boot, from `/proc/<pid>/stat`; null where the system does not tell. */
  readonly startTime: string | null;
  /** What it is for: `stop`, `migrate`, `engine`. */
  readonly role: string;
}
