/**
 * Telling the receivers of `notify` what a run does. No message is worth a run: what cannot be sent in time is a note in the report.
 *
 * Each message is sent, then recorded in the journal; `ended` says beforehand who is to be told of it, so that a recovery tells exactly
 * those whom a crash left out. Between sending and recording lies the one moment in which a kill makes a message come twice; it then
 * carries the same id.
 */

import type { Environment, ReceiverConfig } from "../config/config.ts";
import type { Delivery, MessageEvent, MessageFacts } from "../domain/message.ts";
import type { Result } from "../domain/result.ts";
import type { Target } from "../domain/target.ts";
import { listJournals, openJournal, readJournal } from "./journal.ts";
import { lastEntry, type EndedEntry, type JournalEntry } from "./journal-entry.ts";
import { journalPlace } from "./past-runs.ts";
import type { Ports } from "./ports.ts";
import { leavesOf, type Run } from "./run.ts";

type Speaker = Pick<Run, "id" | "ports" | "environment" | "journal">;

/** After a signal the last words are short: whoever sent it waits. */
const LAST_WORDS_MS = 3_000;

/** Says that a run is about to prepare, or that the downtime begins. A recovery does not say it again. */
export async function announceBeginning(run: Run, event: "before" | "start"): Promise<void> {
  const receivers = wanting(run.environment, event);
  if (receivers.length === 0) return;
  const began = lastEntry(run.journal.entries, "began");
  await tell(
    run,
    event,
    receivers,
    () => ({
      ...factsOf(run, event),
      command: began?.command ?? "migrate",
      migrations: idsOf(leavesOf(run).map(({ pending }) => pending)),
    }),
    run.ports.signal,
  );
}

/** What is said of a run that goes on. */
function factsOf(run: Run, event: MessageEvent): Omit<MessageFacts, "command" | "migrations"> {
  const { id, ports, environment, sha } = run;
  const targets = leavesOf(run).map(({ target }) => target.name);
  return { event, environment: environment.name, run: id, at: ports.now(), targets, commit: sha, reasons: [], result: null, watch: null };
}

/** Of all targets, each once. */
function idsOf(migrations: readonly (readonly { readonly id: string }[])[]): readonly string[] {
  return [...new Set(migrations.flat().map(({ id }) => id))];
}

/** What a watch found, or found well again; `about` tells one such change from the next. */
export async function announceWatch(run: Run, about: string, facts: Pick<MessageFacts, "reasons" | "watch">): Promise<void> {
  const told = run.journal.entries.flatMap((entry) => (entry.type === "message" && entry.about === about ? [entry.receiver] : []));
  const receivers = wanting(run.environment, "failure").filter(({ name }) => !told.includes(name));
  const migrations = idsOf(leavesOf(run).map(({ applied }) => applied));
  const of = (): MessageFacts => ({ ...factsOf(run, "failure"), command: "migrate", migrations, ...facts });
  if (receivers.length > 0) await tell(run, about, receivers, of, run.ports.signal);
}

/** Who is to be told of an end; absent: nobody. For the journal's `ended`. */
export function dueAtEnd({ environment, journal }: Speaker, result: Result): Pick<EndedEntry, "announce"> {
  const events = endEvents(lastEntry(journal.entries, "began")?.command, result);
  const receivers = environment.notify.flatMap((receiver) => {
    const event = events.find((each) => receiver.on.includes(each));
    return event === undefined ? [] : [{ receiver: receiver.name, event }];
  });
  return receivers.length === 0 ? {} : { announce: receivers };
}

/** Tells a recorded end to all who were not told of it yet. Gives the result with what became of the run's messages. Does not throw. */
export async function announceEnd(speaker: Speaker, result: Result): Promise<Result> {
  const { entries } = speaker.journal;
  const ended = lastEntry(entries, "ended");
  if (ended === undefined) return result;
  const about = `end-${ended.seq}`;
  const told = entries.flatMap((entry) => (entry.type === "message" && entry.about === about ? [entry.receiver] : []));
  const due = (ended.announce ?? []).filter(({ receiver }) => !told.includes(receiver));
  const before = entries.flatMap(deliveryOf);
  return withMessages(result, [...before, ...(await tellEnd(speaker, about, due, result, true))]);
}

/** An end that could not be recorded: people must know all the same, and are told again by the recovery. */
export async function announceUnrecorded(speaker: Speaker, result: Result): Promise<Result> {
  const { announce = [] } = dueAtEnd(speaker, result);
  const before = speaker.journal.entries.flatMap(deliveryOf);
  return withMessages(result, [...before, ...(await tellEnd(speaker, "unrecorded", announce, result, false))]);
}

/** What the last run of these targets was killed over before it could say it: its end is recorded, and there is nothing to recover. */
export async function announceForgotten(ports: Ports, environment: Environment, targets: readonly Target[]): Promise<readonly Delivery[]> {
  if (environment.notify.length === 0) return [];
  const place = journalPlace(ports, environment, targets);
  const id = (await listJournals(place)).at(-1);
  if (id === undefined) return [];
  const before = await readJournal(place, id);
  const journal = openJournal(place, id, { ...ports, before });
  const ended = lastEntry(journal.entries, "ended");
  if (ended?.announce === undefined) return [];
  const known = journal.entries.flatMap(deliveryOf).length;
  const { messages = [] } = await announceEnd({ id, ports, environment, journal }, ended.result);
  return messages.slice(known);
}

/** What an end means for those who listen, most telling first. */
function endEvents(command: string | undefined, { outcome, targets }: Result): readonly MessageEvent[] {
  if (command !== "migrate" && command !== "rollback") return [];
  const wentBack = targets.some(({ rollback }) => rollback !== null);
  if (outcome === "migrated") return ["end"];
  if (outcome === "rolled-back" || (command === "rollback" && outcome === "undone" && wentBack)) return ["rollback"];
  if (outcome === "undone") return wentBack ? ["rollback", "failure"] : ["failure"];
  return wentBack ? ["failure", "rollback"] : ["failure"];
}

async function tellEnd(
  speaker: Speaker,
  about: string,
  due: NonNullable<EndedEntry["announce"]>,
  result: Result,
  recorded: boolean,
): Promise<readonly Delivery[]> {
  const { id, ports, environment } = speaker;
  const facts = (event: MessageEvent): MessageFacts => {
    const applied = idsOf(result.targets.map((target) => target.applied));
    const pending = idsOf(result.targets.map((target) => target.pending));
    return {
      event,
      environment: environment.name,
      command: result.command,
      run: id,
      at: ports.now(),
      targets: result.targets.map(({ name }) => name),
      migrations: applied.length === 0 ? pending : applied,
      commit: result.sha ?? null,
      reasons: result.reasons,
      result,
      watch: result.watch ?? null,
    };
  };
  const sent: Delivery[] = [];
  const events = new Map(due.map(({ receiver, event }) => [receiver, event]));
  const receivers = environment.notify.filter(({ name }) => events.has(name));
  if (receivers.length === 0) return sent;
  const eventOf = ({ name }: ReceiverConfig) => facts(events.get(name) ?? "end");
  try {
    await tell(speaker, about, receivers, eventOf, lastWords(ports.signal), { sent, recorded });
  } catch (error) {
    ports.progress({
      type: "notice",
      message: `messages could not be recorded: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
  return sent;
}

/** Sends to all at once, and records each as it comes. Throws what the journal throws. */
async function tell(
  { id, ports, journal }: Speaker,
  about: string,
  receivers: readonly ReceiverConfig[],
  facts: (receiver: ReceiverConfig) => MessageFacts,
  signal: AbortSignal,
  { sent = [], recorded = true }: { readonly sent?: Delivery[]; readonly recorded?: boolean } = {},
): Promise<void> {
  const sendings = receivers.map((receiver) => ports.notify(receiver, `${id}-${about}`, facts(receiver), signal));
  await Promise.all(
    sendings.map(async (sending) => {
      sent.push(await sending);
    }),
  );
  if (recorded) for (const delivery of sent) await journal.append({ type: "message", about, ...delivery });
}

function wanting({ notify }: Environment, event: MessageEvent): readonly ReceiverConfig[] {
  return notify.filter(({ on }) => on.includes(event));
}

function deliveryOf(entry: JournalEntry): Delivery[] {
  if (entry.type !== "message") return [];
  const { receiver, event, outcome, detail } = entry;
  return [{ receiver, event, outcome, ...(detail === undefined ? {} : { detail }) }];
}

function withMessages(result: Result, messages: readonly Delivery[]): Result {
  return messages.length === 0 ? result : { ...result, messages };
}

/** Aborted a while after the signal is. */
function lastWords(signal: AbortSignal): AbortSignal {
  const silence = new AbortController();
  const soon = () => setTimeout(() => silence.abort(), LAST_WORDS_MS).unref();
  if (signal.aborted) soon();
  else signal.addEventListener("abort", soon, { once: true });
  return silence.signal;
}
