/** How Belay calls PostgreSQL's own programs: what they need goes into their environment, and what they say on a bad end into the error. */

import { failure } from "../../domain/error.ts";
import type { ProgramEnd, ProgramRequest } from "../../process/program.ts";
import type { Server } from "./connection.ts";
import type { RecordProcess } from "./options.ts";
import { wordsOf } from "./program-words.ts";

export interface ProgramCall {
  readonly server: Server;
  readonly database: string;
  /** `belay-<run>`: by it, whoever takes over finds the sessions of a program that outlived its run. */
  readonly application: string;
  /** Belay's own environment, of which a program gets only what any program needs. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly record?: RecordProcess | undefined;
  readonly signal?: AbortSignal | undefined;
}

const NEEDED = ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "KRB5CCNAME", "KRB5_CONFIG"];

/** `act` names what is done, for the error: `dumping shop`. `code` is the error's. */
export function callOf(call: ProgramCall, argv: readonly string[], act: string, code: string): ProgramRequest {
  const { server, database, application, variables } = call;
  const inherited = NEEDED.flatMap((name) => (variables[name] === undefined ? [] : [[name, variables[name]] as const]));
  return {
    argv,
    directory: "/",
    // messages of the programs are read here, in English
    variables: { ...Object.fromEntries(inherited), ...server.programVariables({ database, application }), LC_ALL: "C.UTF-8" },
    role: "engine",
    record: call.record,
    ...(call.signal === undefined ? {} : { signal: call.signal }),
    failed: (end) => programFailure(act, code, end),
  };
}

function programFailure(act: string, code: string, end: ProgramEnd): Error {
  if (end.aborted) return failure("interrupted", `${act}: interrupted`);
  const how = end.signal === null ? `it ended with status ${end.status}` : `it was ended by ${end.signal}`;
  const facts = { status: end.status, signal: end.signal };
  const [, tables] = /LOCK TABLE (.+) IN ACCESS SHARE MODE/.exec(end.stderr) ?? [];
  if (tables !== undefined)
    return failure("target-locked", `${act}: somebody keeps a table locked, so that it cannot even be read (one of ${shortened(tables)})`, {
      hint: "see who does (pg_stat_activity, pg_locks), let that end, then run again",
      facts,
    });
  const said = end.signal === null ? wordsOf(end.stderr) : undefined;
  const killed = "somebody or the system's memory guard killed it; look, then run again";
  return failure(code, `${act}: ${said ?? how}`, {
    hint: end.signal === null ? "mend what it says, then run again" : killed,
    facts,
  });
}

const SHOWN = 200;

/** Newer versions lock many tables in one statement. */
function shortened(tables: string): string {
  return tables.length <= SHOWN ? tables : `${tables.slice(0, SHOWN)} …`;
}
