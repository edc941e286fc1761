import type { JsonValue } from "../../domain/canonical-json.ts";
import { refusal } from "../../domain/error.ts";
import type { RunId } from "../../domain/run-id.ts";
import type { Session } from "../../domain/session.ts";
import type { Target } from "../../domain/target.ts";
import type { BackupRequest, BackupTaken, Workspace, WorkOptions } from "../engine.ts";
import { inSnapshot, takeBackup } from "./backup.ts";
import { makeMark } from "./later-writes.ts";
import { fileIdentity } from "./file-evidence.ts";
import { nameHolders } from "./holders.ts";
import type { Place } from "./place.ts";
import { compareReference } from "./reference.ts";
import { assertReadableFile, openRefusal } from "./refuse-open.ts";
import { Remote } from "./remote.ts";
import { remoteSession } from "./session.ts";
import { acting } from "./sqlite-error.ts";

/** The target, open in a host process on one connection: what is written through any other one is seen. */
export async function openWorkspace(target: Target, place: Place, options: WorkOptions): Promise<Workspace> {
  assertReadableFile(place);
  const remote = await Remote.start(place.file, options);
  try {
    return await workspaceOn(remote, target, place);
  } catch (error) {
    await remote.end();
    throw openRefusal(place, error);
  }
}

async function workspaceOn(remote: Remote, target: Target, place: Place): Promise<Workspace> {
  const session = remoteSession(remote);
  const { rows } = await session.query("select 'SQLite ' || sqlite_version()");
  const engineVersion = String(rows[0]?.[0]);
  /** What the connection's `data_version` was when the backup saw the database. */
  let seen: number | undefined;
  const identity = async () => ({ live: fileIdentity(place.file) ?? "missing", lasting: target.configured });

  return {
    session,
    engineVersion,
    identity,
    schema: () => remote.call("schema"),
    async backup<T>(request: BackupRequest<T>): Promise<BackupTaken<T>> {
      const source = { place, remote, session, engineVersion, identity: await identity() };
      const observe = async (observer: Session) => {
        seen = await remote.call("dataVersion");
        return request.observe(observer);
      };
      return acting(`backing up ${place.configured}`, () => takeBackup(source, { ...request, observe }));
    },
    async compare(reference) {
      const { data } = await compareReference(place, reference, (path) =>
        inSnapshot(remote, () => remote.call("compare", path, "application")),
      );
      return data;
    },
    async disturbance() {
      if (seen === undefined)
        throw refusal("no-backup-yet", "whether anybody else wrote is known only after a backup of this workspace", {
          hint: "take the backup first",
        });
      if ((await remote.call("dataVersion")) === seen) return null;
      const holders = nameHolders(place.file, [remote.pid]);
      return `another connection wrote to ${place.configured} after the backup${holders === null ? "" : `; open in ${holders}`}`;
    },
    mark: (run: RunId): Promise<JsonValue> => acting(`keeping a copy of ${place.configured}`, () => makeMark(place, remote, run)),
    [Symbol.asyncDispose]: () => remote[Symbol.asyncDispose](),
  };
}
