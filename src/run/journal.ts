/**
 * A run's append-only record. It is written and synced before the effect that it announces and again after it, so that whoever
 * opens it can tell each effect: not begun, begun, done. It holds no secret: texts pass the redactor on their way in.
 */

import { failure } from "../domain/error.ts";
import type { RunId } from "../domain/run-id.ts";
import type { Store } from "../store/store.ts";
import { isRemembered, type JournalContent, type JournalEntry, type RememberedEntry } from "./journal-entry.ts";

export interface Journal {
  readonly run: RunId;
  /** Of the store that it lies in. */
  readonly location: string;
  readonly entries: readonly RememberedEntry[];
  /** Resolves once the entry is on the disk. Entries of targets that are at work at the same time get in line. */
  append(content: JournalContent): Promise<void>;
}

export interface JournalFolder {
  readonly store: Store;
  readonly environment: string;
}

/** Where a new one is written, and where older ones may lie, too. */
export interface JournalPlace extends JournalFolder {
  readonly others: () => readonly Store[];
}

/** Opens a run's journal, new or as a crashed run left it (`before`: what `readJournal` gives). The lock of its targets makes this the only writer. */
export function openJournal(
  place: JournalFolder,
  run: RunId,
  {
    before,
    now,
    redact,
  }: { readonly before: readonly JournalEntry[]; readonly now: () => Date; readonly redact: (text: string) => string },
): Journal {
  const key = journalKey(place.environment, run);
  const entries = before.filter(isRemembered);
  let seq = before.length;
  const write = async (content: JournalContent) => {
    const entry: JournalEntry = { seq, at: now().toISOString(), ...content };
    await place.store.append(key, JSON.stringify(redacted(entry, redact)));
    seq++;
    if (isRemembered(entry)) entries.push(entry);
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    run,
    location: place.store.location,
    entries,
    append(content) {
      const written = last.then(() => write(content));
      last = written.catch(() => undefined); // whoever waits for it is told; what comes next is tried all the same
      return written;
    },
  };
}

/** Throws `journal-damaged` when an acknowledged line cannot be read: then nobody may guess what happened. */
export async function readJournal(place: JournalFolder, run: RunId): Promise<readonly JournalEntry[]> {
  const key = journalKey(place.environment, run);
  const lines = await place.store.lines(key);
  return lines.map((line, index) => {
    const entry = parseEntry(line);
    if (entry === null || entry.seq !== index) {
      throw failure("journal-damaged", `the journal of run ${run} is damaged in line ${index + 1} (${place.store.location}/${key})`, {
        hint: "compare the database with its newest backup (`belay backups`), then restore or keep it; Belay does not guess",
      });
    }
    return entry;
  });
}

/** Ids of all runs of an environment, oldest first. */
export async function listJournals({ store, environment }: JournalFolder): Promise<readonly RunId[]> {
  const entries = await store.list(`${environment}/${JOURNALS}`);
  return entries.map(({ key }) => key.slice(key.lastIndexOf("/") + 1).replace(/\.jsonl$/, ""));
}

/** A folder that no target can have as its name. */
const JOURNALS = ".runs";

function journalKey(environment: string, run: RunId): string {
  return `${environment}/${JOURNALS}/${run}.jsonl`;
}

function parseEntry(line: string): JournalEntry | null {
  try {
    return JSON.parse(line) as JournalEntry;
  } catch {
    return null;
  }
}

/**
 * What a machine will read again to the letter: names and places of databases, never a URL and so never a password. A path that came
 * out of a variable would otherwise be hidden from the recovery that needs it.
 */
const EXACT_MEMBERS = new Set([
  "type",
  "run",
  "of",
  "targets",
  "target",
  "step",
  "phase",
  "started",
  "owner",
  "clone",
  "intent",
  "mark",
  "cloneMark",
  "folder",
  "at",
]);

function redacted(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((item) => redacted(item, redact));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, EXACT_MEMBERS.has(name) ? member : redacted(member, redact)]);
  return Object.fromEntries(members);
}
