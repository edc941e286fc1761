/** In which of GitHub's environments a job of a command runs. */

/** They run what the pull request changed, and nobody has approved that: their URL may only read. */
const LOOKING: ReadonlySet<string> = new Set(["plan", "rehearse", "verify", "runs"]);

export function jobEnvironment(githubEnvironment: string, command: string): string {
  return LOOKING.has(command) ? `${githubEnvironment}-plan` : githubEnvironment;
}
