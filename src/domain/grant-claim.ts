/** What a run says when it asks a bot for its grant: the body of `POST /api/grants`. */
export interface GrantClaim {
  readonly version: 1;
  readonly request: string;
  readonly command: string;
  readonly environment: string;
  readonly sha: string;
  /** null where nothing is bound to a plan. */
  readonly digest: string | null;
  readonly targets: readonly string[];
  /** The same for every try of this run, and of no other. */
  readonly run: string;
}
