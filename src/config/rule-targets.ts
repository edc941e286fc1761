/** Rules for what says which targets there are, and in which order they are migrated. */

import { hasWildcard } from "./target-files.ts";
import { rule, rules, type Flaw } from "./rule.ts";

export const isFilePattern = rule<string>((text) => {
  const flaw = (message: string, hint: string): Flaw => ({ code: "bad-pattern", message, hint });
  if (text.startsWith("sqlite:")) return flaw("the pattern is that of files, without sqlite:", "write the path alone: customers/*/app.db");
  if (/^\w+:\/\//.test(text))
    return flaw("expected a pattern of SQLite files", "databases of a server are listed: targets: [{ name, url }]");
  if (text.startsWith("~")) return flaw("~ is not expanded", "write the whole path, or ${HOME} for the home directory");
  if (text.includes("**")) return flaw("** is not read: a * stands for one name", "write one * for each folder in between");
  if (/[[\]{}]/.test(text)) return flaw("[ ] and { } have no meaning here", "use * and ? alone, or list the databases");
  if (text.includes("\0") || /(^|\/)(\.\.?)?$/.test(text)) return flaw("this names no files", "for example customers/*/app.db");
  return hasWildcard(text) ? null : flaw("there is no wildcard in this pattern", "name the one database: target: sqlite:PATH");
});

export const isPercentage = rule<string>((text) => {
  const [, number] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? [];
  const isPart = number !== undefined && Number(number) > 0 && Number(number) <= 100;
  return isPart ? null : { code: "bad-wave", message: "expected a number of targets, or a part of them", hint: "for example 1 or 10%" };
});

/** Each wave goes further than the one before, and the last one to the end: what is left out for good is better not a target at all. */
export const areWaves = rules<readonly (number | string)[]>((sizes) => {
  const back = sizes.findIndex((size, index) => {
    const before = sizes[index - 1];
    return before !== undefined && typeof before === typeof size && sizeOf(size) <= sizeOf(before);
  });
  if (back > 0) {
    const hint = "say how many are migrated once the wave is over, those of the waves before counted in: [1, 10%, 100%]";
    return [{ code: "bad-wave", message: "this wave goes no further than the one before", hint, path: [back] }];
  }
  const last = sizes.at(-1);
  if (last === undefined || (typeof last === "string" && sizeOf(last) === 100)) return [];
  return [{ code: "bad-wave", message: "the last wave must reach all targets", hint: "end the list with 100%", path: [sizes.length - 1] }];
});

function sizeOf(size: number | string): number {
  return typeof size === "number" ? size : Number.parseFloat(size);
}
