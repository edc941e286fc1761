/** What differs between engines, as data: nothing asks for an engine's name. */

export interface EngineAbilities {
  /** DDL takes part in transactions, so that a failed migration leaves nothing behind. */
  readonly transactionalDdl: boolean;
  /** The engine can put a copy in the target's place by a rename. */
  readonly renameSwap: boolean;
  /** Equality is judged by joining two copies, row by row, not by fingerprints. */
  readonly exactCompare: boolean;
  /** A mark goes on telling of later writes when another database was put in the target's place since. */
  readonly lastingMarks: boolean;
  /** Targets may be schemas inside a database. */
  readonly schemas: boolean;
  /** A store beside the target is a sensible default. */
  readonly defaultStoreBesideTarget: boolean;
  /** How people are told of it. */
  readonly words: EngineWords;
}

/** Parts of sentences that are true of one engine and not of the other. */
export interface EngineWords {
  /** What a rollback does that has a copy and may not rename: `the proven copy is copied back in place`. */
  readonly withoutRename: string;
  /** What must hold for a rename, after a comma: `if nobody holds it open then`. */
  readonly renameNeeds: string;
  /** What a rollback costs that cannot rename, for people who decide whether to mend that. */
  readonly cost: string;
  /** What to do about an obstacle to the rename. */
  readonly advice: string;
  /** A place that a backup may be restored into, as `--into` takes it. */
  readonly emptyPlace: string;
}
