/** Earlier runs of an environment, by their journals: where those lie, and each read once, however many targets ask. */

import type { Environment } from "../config/config.ts";
import type { JsonValue } from "../domain/canonical-json.ts";
import type { LaterWrites } from "../domain/result.ts";
import type { RunId } from "../domain/run-id.ts";
import type { Target } from "../domain/target.ts";
import type { Store } from "../store/store.ts";
import { changedBy, tookBack } from "./history.ts";
import { listJournals, readJournal, type JournalPlace } from "./journal.ts";
import { lastEntry, type BeganEntry, type JournalEntry } from "./journal-entry.ts";
import type { Ports } from "./ports.ts";

/** Where the journals of an environment's runs lie: in the store of its first target, in the order in which locks are taken. */
export function journalPlace(ports: Ports, environment: Environment, targets: readonly Target[]): JournalPlace {
  const [first] = [...targets].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (first === undefined) throw new Error("an environment without targets");
  const store = ports.storeOf(environment, first);
  return { store, others: () => otherStores(ports, environment, store), environment: environment.name };
}

/** A run of other targets may have its journal beside one of those, where belay.yml names no store. */
function otherStores(ports: Ports, environment: Environment, own: Store): readonly Store[] {
  const stores = new Map(environment.targets.map((target) => ports.storeOf(environment, target)).map((store) => [store.location, store]));
  stores.delete(own.location);
  return [...stores.values()];
}

export interface PastRun {
  readonly run: RunId;
  readonly entries: readonly JournalEntry[];
}

/** What is kept of every run. */
export interface RunFacts {
  readonly run: RunId;
  /** The run that it took back; null: none. */
  readonly tookBack: RunId | null;
  /** What it was about, where its judgement was left to `belay verify` and may be waited for still; null: it is none of those. */
  readonly unjudged: BeganEntry["targets"] | null;
}

/** From when on writes to what a rollback brought back are counted. */
export interface CarriedMark {
  readonly mark: JsonValue;
  readonly before: readonly LaterWrites[];
}

export function openHistory(ports: Ports, environment: Environment, targets: readonly Target[]): History {
  return new History(journalPlace(ports, environment, targets));
}

/**
 * What there is when the first asks; a run that begins later is not in it. Of what it reads it keeps the newest journal, and those by
 * which a target was last changed as soon as they are asked for.
 */
export class History {
  readonly #place: JournalPlace;
  #runs: Promise<readonly { readonly run: RunId; readonly store: Store }[]> | undefined;
  readonly #kept = new Map<RunId, Promise<PastRun>>();
  readonly #facts: RunFacts[] = [];
  readonly #takenBack = new Set<string>();
  /** By target. */
  readonly #changed = new Map<string, RunId>();
  /** By run and target. */
  readonly #carried = new Map<string, CarriedMark>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(place: JournalPlace) {
    this.#place = place;
  }

  /** null: there is none yet. */
  async newestId(): Promise<RunId | null> {
    const [newest] = await this.#list();
    return newest?.run ?? null;
  }

  /** Read one at a time. */
  async *newestFirst(): AsyncGenerator<PastRun> {
    for (const { run, store } of await this.#list()) yield await (this.#kept.get(run) ?? this.#read(run, store));
  }

  /** A run that is asked for by its id; without entries where there is none. */
  async run(run: RunId): Promise<PastRun> {
    const found = (await this.#list()).find((each) => each.run === run);
    const read = this.#kept.get(run) ?? this.#read(run, found?.store ?? this.#place.store);
    this.#kept.set(run, read);
    return read;
  }

  /** The newest run that changed a target and was not taken back since; undefined where there is none. */
  async lastApplying(target: string): Promise<PastRun | undefined> {
    await this.#learnUntil(() => this.#changed.has(target));
    const run = this.#changed.get(target);
    return run === undefined ? undefined : this.run(run);
  }

  /** The mark that the newest run made which brought a target back to what it was after `run` had settled; undefined where none did. */
  async carriedMark(run: RunId, target: string): Promise<CarriedMark | undefined> {
    await this.#learnUntil(() => this.#facts.some((each) => each.run === run));
    return this.#carried.get(keyOf(run, target));
  }

  /** Of every run, the newest first. */
  async *facts(): AsyncGenerator<RunFacts> {
    for (let at = 0; ; at++) {
      await this.#learnUntil(() => this.#facts.length > at);
      const facts = this.#facts[at];
      if (facts === undefined) return;
      yield facts;
    }
  }

  /** Reads on, from the newest run to the oldest, until that is known or there is nothing left to read. One reads at a time. */
  async #learnUntil(known: () => boolean): Promise<void> {
    const learned = this.#turn.then(async () => {
      const runs = await this.#list();
      for (let next = runs[this.#facts.length]; !known() && next !== undefined; next = runs[this.#facts.length]) {
        this.#learn(await (this.#kept.get(next.run) ?? this.#read(next.run, next.store)));
      }
    });
    this.#turn = learned.catch(() => undefined);
    return learned;
  }

  #learn({ run, entries }: PastRun): void {
    const began = lastEntry(entries, "began");
    const of = tookBack(entries);
    if (of !== null) for (const { name } of began?.targets ?? []) this.#takenBack.add(keyOf(of, name));
    if (began?.command === "migrate") {
      for (const name of changedBy(entries)) {
        if (!this.#changed.has(name) && !this.#takenBack.has(keyOf(run, name))) this.#changed.set(name, run);
      }
    }
    for (const [key, mark] of carriedIn(entries)) if (!this.#carried.has(key)) this.#carried.set(key, mark);
    const outcome = lastEntry(entries, "ended")?.outcome;
    const isUnjudged = began?.judge === false && (outcome === undefined || outcome === "migrated");
    this.#facts.push({ run, tookBack: of, unjudged: isUnjudged ? began.targets : null });
  }

  /** Lets go of journals; what was learned of them stays. */
  forget(): void {
    this.#kept.clear();
  }

  #list() {
    this.#runs ??= everyRun(this.#place);
    return this.#runs;
  }

  async #read(run: RunId, store: Store): Promise<PastRun> {
    const read = readJournal({ ...this.#place, store }, run).then((entries) => ({ run, entries }));
    const [newest] = await this.#list();
    if (newest?.run === run) this.#kept.set(run, read);
    return read;
  }
}

/** The id of a run has no space in it, whatever a target is called. */
function keyOf(run: RunId, target: string): string {
  return `${run} ${target}`;
}

/** By run and target: the marks of data that came back, of which the rollback was said to be done afterwards. */
function carriedIn(entries: readonly JournalEntry[]): readonly (readonly [string, CarriedMark])[] {
  const carried = new Map(entries.flatMap((entry) => (entry.type === "mark-carried" ? [[entry.target, entry] as const] : [])));
  const back = new Map(entries.flatMap((entry) => (entry.type === "rolled-back" ? [[entry.target, entry.seq] as const] : [])));
  return [...carried].flatMap(([target, { seq, since, mark }]) =>
    (back.get(target) ?? -1) > seq ? [[keyOf(since.run, target), { mark, before: since.writes }] as const] : [],
  );
}

/** The newest first. */
async function everyRun(place: JournalPlace): Promise<readonly { readonly run: RunId; readonly store: Store }[]> {
  const runs: { readonly run: RunId; readonly store: Store }[] = [];
  for (const store of [place.store, ...place.others()]) {
    for (const run of await listJournals({ ...place, store })) runs.push({ run, store });
  }
  return runs.sort((a, b) => (a.run < b.run ? 1 : -1));
}
