/** On GitHub: which commit's belay.yml decided, and what the checkout's own would have said. */
export interface PolicyOrigin {
  /** Full SHA of a commit of the default branch. */
  readonly sha: string;
  readonly branch: string;
  /** Path in the repository. */
  readonly path: string;
  /** What the checkout changes in the file, as lines of a unified difference; empty where nothing. Without effect, but shown. */
  readonly difference: readonly string[];
  /** Checks that only the checkout's file has: they are asked as well. */
  readonly addedChecks: readonly string[];
  /** Why the checkout's own file could not be read; after a merge nothing would run. */
  readonly flaw?: string;
}
