/** One line of JSON for each thing worth knowing. Callers give names and numbers, never texts of people, tokens or payloads. */

import { LOG_LEVELS, type LogLevel } from "./settings.ts";

export type LogFields = Readonly<Record<string, string | number | boolean | null>>;
export type Log = (level: LogLevel, what: string, fields?: LogFields) => void;

export function jsonLog(least: LogLevel, write: (line: string) => void, now: () => Date): Log {
  return (level, what, fields = {}) => {
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(least)) return;
    write(`${JSON.stringify({ at: now().toISOString(), level, what, ...fields })}\n`);
  };
}
