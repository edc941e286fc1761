/** A dump becomes a database again. Every error of `pg_restore` is a failure, but for what was accepted by name beforehand. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { finishProgram, type Bytes, type ProgramEnd, type ProgramRequest } from "../../process/program.ts";
import { callOf, type ProgramCall } from "./program-call.ts";
import type { Programs } from "./programs.ts";

export interface ArchiveRestore {
  readonly programs: Programs;
  /** 15: of the server that it is restored to. */
  readonly serverMajor: number;
  /** Which entries to restore: a list as `pg_restore --list` writes it. Default: all. */
  readonly list?: string | undefined;
  /** Everything will belong to the role that restores. */
  readonly withoutOwners?: boolean;
  /** All in one transaction: a database that was empty is empty again where it fails. */
  readonly atOnce?: boolean;
}

/**
 * Restores into an existing, empty database. Nothing is durable before the next commit that waits for it. Throws what reading the archive
 * throws, and `restore-failed` with what pg_restore said.
 */
export async function restoreArchive(archive: Bytes, call: ProgramCall, restore: ArchiveRestore): Promise<void> {
  const { programs, list, withoutOwners = false, atOnce = false } = restore;
  await using file = list === undefined ? null : await listFile(list);
  const judged = saysTooMuch(restore) && !atOnce;
  const argv = [
    programs.restore,
    "--no-password",
    `--dbname=${connectionString(call.database)}`,
    ...(judged ? [] : ["--exit-on-error"]),
    ...(atOnce ? ["--single-transaction"] : []),
    ...(withoutOwners ? ["--no-owner"] : []),
    ...(file === null ? [] : [`--use-list=${file.path}`]),
  ];
  const request = callOf(call, argv, `restoring into ${call.database}`, "restore-failed");
  const options = `${request.variables["PGOPTIONS"] ?? ""} -c default_transaction_read_only=off -c synchronous_commit=off -c maintenance_work_mem=256MB`;
  const hurried = { ...request, variables: { ...request.variables, PGOPTIONS: options.trim() }, input: archive };
  await (judged ? finishJudged(hurried) : finishProgram(hurried));
}

/** pg_restore has no other way to be told to connect; a name may look like a connection string, so it is given as one. */
function connectionString(database: string): string {
  return `dbname='${database.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** From 17 on pg_restore sets a parameter that older servers do not know, whatever it restores to. */
function saysTooMuch({ programs, serverMajor }: ArchiveRestore): boolean {
  return programs.major >= 17 && serverMajor < 17;
}

/** A restore that may meet that one error, and no other. */
async function finishJudged(request: ProgramRequest): Promise<void> {
  let onlyThat = false;
  const failed = (end: ProgramEnd) => {
    const errors = end.stderr.split("\n").filter((line) => line.startsWith("pg_restore: error:"));
    onlyThat =
      end.status === 1 &&
      errors.length === 1 &&
      /"transaction_timeout"/.test(errors[0] ?? "") &&
      /errors ignored on restore: 1$/m.test(end.stderr);
    return request.failed(end);
  };
  try {
    await finishProgram({ ...request, failed });
  } catch (error) {
    if (!onlyThat) throw error;
  }
}

export async function listFile(list: string): Promise<{ readonly path: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "belay-list-"));
  const path = join(folder, "list");
  await writeFile(path, list, { mode: 0o600 });
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
