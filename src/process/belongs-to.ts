import { allProcesses, statusOf, type ProcessStatus } from "./process-status.ts";

/**
 * Tells which processes work for some groups: by their group, by their session (a shell gives its jobs groups of their own), or because
 * one of their ancestors does (`sudo` begins a session). It remembers who was there when it was made, as a parent may end meanwhile.
 * False where the system does not tell, and for a process that has ended.
 */
export function whoBelongsTo(groups: readonly number[]): (pid: number) => boolean {
  const known = new Map((allProcesses() ?? []).map((status) => [status.pid, status]));
  const lookUp = (pid: number): ProcessStatus | undefined => known.get(pid) ?? statusOf(pid);
  return (pid) => {
    const asked = new Set<number>();
    for (let status = lookUp(pid); status !== undefined && !asked.has(status.pid); status = lookUp(status.parent)) {
      if (groups.includes(status.group) || groups.includes(status.session)) return true;
      asked.add(status.pid);
    }
    return false;
  };
}
