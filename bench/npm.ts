/** npm finds its registry and its cache by the user's own settings. */
export function npmVariables(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
