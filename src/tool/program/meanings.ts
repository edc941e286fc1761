/** What usually stands behind a failure, told from what drivers and interpreters say. */

export interface Meaning {
  readonly words: RegExp;
  /** Left out: `tool-failed`. */
  readonly code?: string;
  /** What the reader does next. */
  readonly hint: string;
}

const USUAL: readonly Meaning[] = [
  {
    words: /database (?:table )?is locked|SQLITE_BUSY/i,
    code: "database-locked",
    hint: "somebody else has the database: stop the application first (app.stop), or end who holds it",
  },
  {
    words: /canceling statement due to lock timeout|could not obtain lock|deadlock detected|LockNotAvailable|55P03/,
    code: "database-locked",
    hint: "another session has a lock that this needs: stop the application first (app.stop), or end that session",
  },
  {
    words: /permission denied|readonly database|read-only|EACCES/i,
    hint: "the user that runs Belay may not do that: look at owner and mode of the database file, of its folder and of the program (ls -l)",
  },
  {
    words: /No module named|Cannot find module|command not found/i,
    hint: "what it needs is not installed here, or migrate.env withholds a variable that finds it",
  },
];

/** The first that fits: of the tool's own, then of the usual ones. */
export function meaningOf(said: string, own: readonly Meaning[] = []): Meaning | undefined {
  return [...own, ...USUAL].find(({ words }) => words.test(said));
}
