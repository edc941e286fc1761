/** This process as the server's side: messages come on standard input and go to standard output. */

import { randomUUID } from "node:crypto";
import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { refusal, messageOf } from "../domain/error.ts";
import { THIS_MACHINE } from "../process/this-machine.ts";
import { keptEnds } from "./kept-end.ts";
import { type FromJob, lineReader, toLine } from "./protocol.ts";
import { openSession, type SessionSettings } from "./session.ts";

const MOST_UNREAD_BYTES = 16 * 1024 * 1024;

/** Serves one connection. `directory`: the only one that it may work in; null: where the job says. */
export async function serveThisProcess(
  directory: string | null,
  belay: { readonly version: string; readonly perform: SessionSettings["perform"] },
): Promise<void> {
  process.stdout.on("error", () => undefined); // nobody listens any more; the run goes on
  using watch = THIS_MACHINE.onInterrupt(() => undefined);
  const session = openSession({
    session: randomUUID(),
    world: {
      variables: process.env,
      now: THIS_MACHINE.now,
      random: THIS_MACHINE.random,
      belayVersion: belay.version,
    },
    directory,
    kept: keptEnds(stateFolder(process.env), Date.now),
    perform: belay.perform,
    assertDirectory,
    send(message) {
      // To a connection that hangs: the run does not wait for it, and memory is no place for what nobody reads.
      if (message.type === "progress" && process.stdout.writableLength > MOST_UNREAD_BYTES) return;
      process.stdout.write(toLine(message));
    },
    interrupted: watch.signal,
  });
  const reader = lineReader({ message: (message) => session.take(message as FromJob), other: () => undefined });
  process.stdin.setEncoding("utf8");
  process.stdin.on("data", (text: string) => reader.add(text));
  for (const event of ["end", "error", "close"]) process.stdin.once(event, () => session.alone());
  await session.ended;
  process.stdin.destroy();
}

function stateFolder({ XDG_STATE_HOME: state = "" }: NodeJS.ProcessEnv): string {
  return join(state === "" ? join(homedir(), ".local/state") : state, "belay/sessions");
}

async function assertDirectory(path: string): Promise<void> {
  const hint = "ssh-directory is where the application lies on the server, the directory that belay.yml's relative paths start at";
  const problem = await stat(path).then(
    (found) => (found.isDirectory() ? null : "it is no directory"),
    (error: unknown) => messageOf(error),
  );
  if (problem !== null) throw refusal("ssh-directory", `working in ${path} on the server: ${problem}`, { hint });
}
