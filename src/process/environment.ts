/** The environment of what Belay starts. */

/** Of Belay's own: its inputs, and what the workflow trusts it with. `INPUT_…`, `STATE_…` and `ACTIONS_…` are whole families. */
const WITHHELD = /^(?:INPUT_|STATE_|ACTIONS_|GITHUB_TOKEN$)/;

/** What any program needs to run at all; an allow-list adds to it. */
const BASICS = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"];

export interface EnvironmentRules {
  /** Set in any case: `BELAY_RUN` …; wins over what is inherited. */
  readonly add: Readonly<Record<string, string>>;
  /** Names that belay.yml gives to the store, encryption, scratch and other environments. */
  readonly withheld: readonly string[];
  /**
   * An allow-list (`migrate.env`): only these and what any program needs (PATH, HOME, locale …) are inherited. A name on it is a
   * decision of belay.yml and is inherited even where it would be withheld.
   */
  readonly allow?: readonly string[] | undefined;
}

/** The whole environment of a command: Belay's, less what it must not see, plus what it is told. */
export function childEnvironment(
  inherited: Readonly<Record<string, string | undefined>>,
  { add, withheld, allow }: EnvironmentRules,
): Record<string, string> {
  const passes = (name: string) => {
    if (allow !== undefined) return allow.includes(name) || BASICS.includes(name);
    return !WITHHELD.test(name) && !withheld.includes(name);
  };
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(inherited)) {
    if (value !== undefined && passes(name)) variables[name] = value;
  }
  return { ...variables, ...add };
}
