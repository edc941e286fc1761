/** What a report for GitHub must know beyond the result. Plain data: whoever knows GitHub fills it in. */

export interface MarkdownContext {
  /** `https://github.com`; null: nothing is linked. */
  readonly serverUrl: string | null;
  /** `owner/name`. */
  readonly repository: string | null;
  /** Full SHA of the commit whose files the run used; links to files need it. */
  readonly sha: string | null;
  /** The workflow run. */
  readonly runUrl: string | null;
  /** File name of the workflow that people start by hand, as `deploy.yml`; null where the running one cannot be started so. */
  readonly workflow: string | null;
  /** A bot reads along: commands are told as it obeys them. Default false. */
  readonly inChat?: boolean;
  /** Markdown: what keeps the environment from others, as the bot knows it; right above the last line. Default none. */
  readonly held?: string;
  /** Login of whoever asked for it. */
  readonly actor: string | null;
  /** The first 16 hexadecimal digits of SHA-256 of the environment's name, by which its comment is found again. */
  readonly environmentHash: string;
  /** Folder in the repository that the paths in messages start from (belay.yml's); empty: its root. */
  readonly directory: string;
  /** Where the whole result lies as JSON. */
  readonly reportPath: string | null;
  /** What must hold before a planned run may start: approvals, windows, needs. */
  readonly requirements: readonly Requirement[];
}

export interface Requirement {
  readonly met: boolean;
  /** One line: `1 approval of prod by a or team x`. */
  readonly text: string;
}
