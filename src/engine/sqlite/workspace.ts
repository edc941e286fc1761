import type { JsonValue } from "../../domain/canonical-json.ts";
import type { RunId } from "../../domain/run-id.ts";
import type { Session } from "../../domain/session.ts";
import type { Target } from "../../domain/target.ts";
import type { BackupRequest, BackupTaken, Workspace, WorkOptions } from "../workspace.ts";
import { noTenants } from "../no-tenants.ts";
import { inSnapshot, takeBackup } from "./backup.ts";
import { Disturbance } from "./disturbance.ts";
import { makeMark } from "./later-writes.ts";
import { fileIdentity } from "./file-evidence.ts";
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
  const disturbance = new Disturbance(place, remote);
  const identity = async () => ({ live: fileIdentity(place.file) ?? "missing", lasting: target.configured });

  return {
    session,
    engineVersion,
    tenant: noTenants,
    identity,
    schema: () => remote.call("schema"),
    async backup<T>(request: BackupRequest<T>): Promise<BackupTaken<T>> {
      const source = { place, remote, session, engineVersion, identity: await identity() };
      const observe = async (observer: Session) => {
        await disturbance.begin();
        return request.observe(observer, noTenants);
      };
      return acting(`backing up ${place.configured}`, () => takeBackup(source, { ...request, observe }));
    },
    async compare(reference) {
      const { data } = await compareReference(place, reference, (path) =>
        inSnapshot(remote, () => remote.call("compare", path, "application")),
      );
      return data;
    },
    disturbance: () => disturbance.find(),
    watch: (ours, work) => disturbance.watch(ours, work),
    written: () => disturbance.written(),
    mark: (run: RunId): Promise<JsonValue> => acting(`keeping a copy of ${place.configured}`, () => makeMark(place, remote, run)),
    [Symbol.asyncDispose]: () => remote[Symbol.asyncDispose](),
  };
}
