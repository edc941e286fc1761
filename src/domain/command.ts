/** How a program is started: `shell` by `sh -e -c`, `argv` without one. Nothing is ever pasted into it. */
export type CommandLine = { readonly shell: string } | { readonly argv: readonly [string, ...string[]] };

export interface CommandConfig {
  readonly command: CommandLine;
  /** Default 5 minutes. */
  readonly timeoutMs: number;
}
