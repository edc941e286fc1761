import { BelayError } from "../../src/domain/error.ts";
import { chooseEnvironment } from "../../src/config/choose.ts";
import type { Config, Environment } from "../../src/config/config.ts";
import { parseConfig } from "../../src/config/parse.ts";
import type { FindFiles } from "../../src/config/target-files.ts";

export interface Given {
  readonly environment?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly checkout?: string;
  /** Default: /srv/app. */
  readonly directory?: string;
  readonly find?: FindFiles;
}

/** The configuration of a text that lies as /srv/app/belay.yml. */
export function configOf(text: string, { environment, variables = {}, checkout, directory = "/srv/app", find }: Given = {}): Config {
  return parseConfig(text, {
    file: "/srv/app/belay.yml",
    shownAs: "belay.yml",
    directory,
    environment: environment ?? null,
    variables,
    checkout: checkout ?? null,
    find: find ?? null,
  });
}

/** The only environment of a text, or the one that is given. */
export function environmentOf(text: string, given: Given = {}): Environment {
  return chooseEnvironment(configOf(text, given), given.environment ?? null);
}

/** The environment `prod` with these lines in its block, which begins on line 3. */
export function prod(lines: string, given: Given = {}): Environment {
  return environmentOf(block(lines), given);
}

export function block(lines: string): string {
  const indented = lines.split("\n").map((line) => (line === "" ? line : `    ${line}`));
  return ["environments:", "  prod:", ...indented, ""].join("\n");
}

/** The error that an act ends with. */
export function errorOf(act: () => unknown): BelayError {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof BelayError) return thrown;
    throw thrown;
  }
  throw new Error("it was accepted");
}

/** The lines that tell the problems of a text. */
export function complaints(text: string, given: Given = {}): readonly string[] {
  const lines = errorOf(() => environmentOf(text, given)).message.split("\n");
  return lines.length === 1 ? lines : lines.slice(1);
}
