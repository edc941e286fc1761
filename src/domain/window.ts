/** When an environment may be changed: `Sun 01:00-05:00 America/Toronto`. Pure: the instant is given. */

export interface Window {
  /** As written. */
  readonly text: string;
  /** Days on which it opens, 0 is Sunday. */
  readonly days: readonly number[];
  /** Minutes since midnight, in the window's own time zone. The end is outside; before or at the start it is on the next day. */
  readonly startMinute: number;
  readonly endMinute: number;
  readonly timeZone: string;
}

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const MINUTES_A_DAY = 1440;

/** Reads `DAYS HH:MM-HH:MM ZONE`; days are `daily`, `Sun`, `Sat,Sun`, `Mon-Fri` or a mixture. Otherwise says what is wrong, without repeating the text. */
export function parseWindow(text: string): Window | { readonly flaw: string } {
  const [, dayText, startText, endText, timeZone] = /^(\S+)\s+([\d:]+)-([\d:]+)(?:\s+(\S+))?$/.exec(text.trim()) ?? [];
  if (dayText === undefined || startText === undefined || endText === undefined) return { flaw: "expected days, hours and a time zone" };
  const days = parseDays(dayText.toLowerCase());
  const startMinute = parseTime(startText);
  const endMinute = parseTime(endText);
  if (days === null) return { flaw: "expected days like Sun, Sat,Sun, Mon-Fri or daily" };
  if (startMinute === null || endMinute === null || startMinute === MINUTES_A_DAY) return { flaw: "expected hours like 01:00-05:00" };
  if (startMinute === endMinute) return { flaw: "it ends when it begins; a whole day is 00:00-24:00" };
  if (timeZone === undefined) return { flaw: "expected a time zone at the end, such as America/Toronto or UTC" };
  if (!isTimeZone(timeZone)) return { flaw: "expected a time zone such as America/Toronto or UTC" };
  return { text, days, startMinute, endMinute, timeZone };
}

function parseDays(text: string): readonly number[] | null {
  if (text === "daily") return [0, 1, 2, 3, 4, 5, 6];
  const days = new Set<number>();
  for (const part of text.split(",")) {
    const [from = "", to = from, ...more] = part.split("-");
    const first = DAYS.indexOf(from);
    const last = DAYS.indexOf(to);
    if (first < 0 || last < 0 || more.length > 0) return null;
    const count = ((last - first + 7) % 7) + 1;
    for (let step = 0; step < count; step++) days.add((first + step) % 7);
  }
  return [...days].sort((a, b) => a - b);
}

function parseTime(text: string): number | null {
  const [, hours, minutes] = /^(\d\d?):(\d\d)$/.exec(text) ?? [];
  const total = Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && total <= MINUTES_A_DAY ? total : null;
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }) instanceof Intl.DateTimeFormat;
  } catch (thrown) {
    if (thrown instanceof RangeError) return false;
    throw thrown;
  }
}

/** Whether the window is open. What begins on Sunday evening and goes past midnight is still Sunday's on Monday morning. */
export function insideWindow(window: Window, instant: Date): boolean {
  const { day, minute } = wallClock(instant, window.timeZone);
  const { days, startMinute, endMinute } = window;
  if (startMinute < endMinute) return days.includes(day) && minute >= startMinute && minute < endMinute;
  return (days.includes(day) && minute >= startMinute) || (days.includes((day + 6) % 7) && minute < endMinute);
}

/** The first opening after an instant. A start that a change to summer time skips is reckoned as if the clock had not changed yet. */
export function nextOpening(window: Window, after: Date): Date {
  const today = wallClock(after, window.timeZone).midnight;
  for (let ahead = 0; ahead <= 14; ahead++) {
    const midnight = today + ahead * MINUTES_A_DAY * 60_000;
    if (!window.days.includes(new Date(midnight).getUTCDay())) continue;
    const opening = opensOn(window, midnight).find((instant) => instant > after && insideWindow(window, instant));
    if (opening !== undefined) return opening;
  }
  throw new RangeError(`the window ${window.text} never opens`);
}

/** The start on one local day (its midnight as if it were UTC), reckoned with the offsets of the day before and of the day after. */
function opensOn(window: Window, midnight: number): readonly Date[] {
  const wall = midnight + window.startMinute * 60_000;
  const offsets = [-1, 1].map((side) => {
    const near = new Date(wall + side * MINUTES_A_DAY * 60_000);
    return wallClock(near, window.timeZone).wall - near.getTime();
  });
  return offsets.map((offset) => new Date(wall - offset)).sort((a, b) => a.getTime() - b.getTime());
}

interface WallClock {
  readonly day: number;
  readonly minute: number;
  /** What the clock on the wall shows, and the day's midnight, in milliseconds as if the zone were UTC. */
  readonly wall: number;
  readonly midnight: number;
}

function wallClock(instant: Date, timeZone: string): WallClock {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const midnight = Date.UTC(year, month - 1, day);
  const minutes = hour * 60 + minute;
  return {
    day: new Date(midnight).getUTCDay(),
    minute: minutes,
    wall: midnight + minutes * 60_000 + second * 1000 + instant.getUTCMilliseconds(),
    midnight,
  };
}
