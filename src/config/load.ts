/** Finds and reads belay.yml. */

import { readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, relative, resolve } from "node:path";
import { messageOf, refusal, usageError, BelayError } from "../domain/error.ts";
import type { Config } from "./config.ts";
import { parseConfig, type ParseRequest } from "./parse.ts";
import { findFiles } from "./target-files.ts";
import type { Variables } from "./variables.ts";

export interface LoadRequest {
  /** `--config FILE`, relative to `cwd`; null: `belay.yml`, then `.github/belay.yml`. */
  readonly explicit: string | null;
  readonly cwd: string;
  /** The chosen environment; null: the only one. */
  readonly environment: string | null;
  readonly variables: Variables;
  /** In a GitHub workflow, where what lies in the workspace is lost with the next checkout. */
  readonly onGitHub: boolean;
}

const PLACES = ["belay.yml", ".github/belay.yml"];

/** A configuration is written by people; more is another file. */
const LARGEST_BYTES = 1_000_000;

/**
 * The configuration, with variables expanded for the chosen environment. Relative paths start at the file's directory, for
 * `.github/belay.yml` at the repository's root. Throws what `parseConfig` throws, and the usage
 * errors of `findConfig`.
 */
export async function loadConfig(request: LoadRequest): Promise<Config> {
  const found = await findConfig(request);
  return parseConfig(found.text, parseRequest(request, found));
}

export interface FoundConfig {
  /** Absolute path. */
  readonly file: string;
  readonly shownAs: string;
  readonly text: string;
}

/** Throws usage errors: `config-missing`, `config-unreadable`, `config-not-a-file`, `config-too-large`, `config-not-utf8`. */
async function findConfig({ explicit, cwd }: Pick<LoadRequest, "explicit" | "cwd">): Promise<FoundConfig> {
  const { file, bytes } = explicit === null ? await readFirst(cwd) : await readGiven(resolve(cwd, explicit), explicit);
  const shownAs = explicit ?? relative(cwd, file);
  return { file, shownAs, text: decoded(bytes, shownAs) };
}

/**
 * The same in a checkout that is not trusted: what is found is shown to others, so a link must not lead to another file of the machine.
 * Throws the refusal `policy-unreadable` for one, too.
 */
async function findOwnConfig(request: Pick<LoadRequest, "explicit" | "cwd">): Promise<FoundConfig> {
  const { explicit, cwd } = request;
  const root = await realpath(cwd);
  for (const place of explicit === null ? PLACES : [explicit]) {
    const file = resolve(cwd, place);
    if ((await isThere(file)) && (await realpath(file)) !== resolve(root, relative(cwd, file))) throw leadsElsewhere(place);
  }
  return findConfig(request);
}

/** What the checkout has itself; null where it has no such file. */
export async function ownText(request: Pick<LoadRequest, "explicit" | "cwd">): Promise<string | null> {
  try {
    return (await findOwnConfig(request)).text;
  } catch (error) {
    if (error instanceof BelayError && error.code === "config-missing") return null;
    throw error;
  }
}

async function isThere(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && "syscall" in thrown) return false; // what keeps it from being read is told by who reads it
    throw thrown;
  }
}

function leadsElsewhere(place: string): BelayError {
  return refusal("policy-unreadable", `reading ${place} of the checkout: it is a link, or lies behind one`, {
    hint: "commit the file itself, not a link",
  });
}

/** What parsing needs to know beside the text. */
export function parseRequest(request: LoadRequest, { file, shownAs }: Omit<FoundConfig, "text">): ParseRequest {
  const { cwd, environment, variables } = request;
  return {
    file,
    shownAs,
    directory: basename(dirname(file)) === ".github" ? dirname(dirname(file)) : dirname(file),
    environment,
    variables,
    find: findFiles,
    checkout: request.onGitHub ? resolve(cwd, variables["GITHUB_WORKSPACE"] ?? ".") : null,
  };
}

interface Found {
  readonly file: string;
  readonly bytes: Uint8Array;
}

async function readFirst(cwd: string): Promise<Found> {
  for (const place of PLACES) {
    const file = resolve(cwd, place);
    const bytes = await read(file, place);
    if (bytes !== null) return { file, bytes };
  }
  const misnamed = await firstThatExists(cwd, ["belay.yaml", ".github/belay.yaml", ".belay.yml"]);
  const hint =
    misnamed === null
      ? "`belay init` writes a first one; or name it with --config FILE"
      : `${misnamed} is there; rename it to ${misnamed.replace(/\.?belay\.ya?ml$/, "belay.yml")}`;
  throw usageError("config-missing", `there is no ${PLACES.join(" and no ")} in ${cwd}`, { hint });
}

async function readGiven(file: string, shownAs: string): Promise<Found> {
  const bytes = await read(file, shownAs);
  if (bytes === null)
    throw usageError("config-missing", `reading ${shownAs}: there is no such file`, {
      hint: `--config is relative to ${dirname(resolve(file))}; name a file that exists`,
    });
  return { file, bytes };
}

/** null where there is no such file. */
async function read(file: string, shownAs: string): Promise<Uint8Array | null> {
  try {
    const { size, isDirectory } = await statOf(file);
    if (isDirectory)
      throw usageError("config-not-a-file", `reading ${shownAs}: it is a directory`, { hint: `name the file in it: ${shownAs}/belay.yml` });
    if (size > LARGEST_BYTES)
      throw usageError("config-too-large", `reading ${shownAs}: it has ${size} bytes, which is no configuration`, {
        hint: "name another file with --config",
      });
    return await readFile(file);
  } catch (thrown) {
    if (isMissing(thrown)) return null;
    throw unreadable(thrown, shownAs);
  }
}

async function statOf(file: string): Promise<{ readonly size: number; readonly isDirectory: boolean }> {
  const found = await stat(file);
  return { size: found.size, isDirectory: found.isDirectory() };
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && (thrown.code === "ENOENT" || thrown.code === "ENOTDIR");
}

function unreadable(thrown: unknown, shownAs: string): unknown {
  if (!(thrown instanceof Error) || !("code" in thrown) || !("syscall" in thrown)) return thrown;
  const hint = thrown.code === "EACCES" ? "let the user that runs Belay read it" : "check the file and its disk";
  return usageError("config-unreadable", `reading ${shownAs}: ${messageOf(thrown)}`, { hint, cause: thrown });
}

async function firstThatExists(cwd: string, places: readonly string[]): Promise<string | null> {
  for (const place of places) {
    if ((await read(resolve(cwd, place), place)) !== null) return place;
  }
  return null;
}

/** Throws when the bytes are not UTF-8, naming the line of the first that are not. */
function decoded(bytes: Uint8Array, shownAs: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (thrown) {
    if (thrown instanceof TypeError) throw notUtf8(bytes, shownAs);
    throw thrown;
  }
}

function notUtf8(bytes: Uint8Array, shownAs: string): BelayError {
  const readable = new TextDecoder().decode(bytes);
  const line = readable.slice(0, Math.max(0, readable.indexOf("\uFFFD"))).split("\n").length;
  return usageError("config-not-utf8", `reading ${shownAs}: line ${line} is not UTF-8`, {
    hint: "save the file as UTF-8",
    facts: { file: shownAs, line },
  });
}
