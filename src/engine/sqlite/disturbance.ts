/** Whether anybody but this workspace, and what works for it, wrote to the target since the backup. */

import { refusal, type BelayError } from "../../domain/error.ts";
import { nameHolders } from "./holders.ts";
import { lookOut, type WorkingGroups } from "./others.ts";
import type { Place } from "./place.ts";
import type { Remote } from "./remote.ts";

export class Disturbance {
  readonly #place: Place;
  readonly #remote: Remote;
  /** What the connection's `data_version` was at the backup: it changes with every commit of another connection. */
  #atBackup: number | undefined;
  /** What it is as long as no stranger writes. */
  #version: number | undefined;
  #found: string | null = null;
  /** A tool that wrote through other connections failed: from its first write on, the version tells nothing. */
  #versionIsTelling = true;

  constructor(place: Place, remote: Remote) {
    this.#place = place;
    this.#remote = remote;
  }

  /** From now on. */
  async begin(): Promise<void> {
    this.#atBackup = this.#version = await this.#remote.call("dataVersion");
    this.#found = null;
    this.#versionIsTelling = true;
  }

  /** Does work that writes through other connections, from processes of `ours`, and looks who else could. */
  async watch(ours: WorkingGroups, work: () => Promise<void>): Promise<void> {
    this.#found = await this.find();
    this.#versionIsTelling = false;
    await lookOut(this.#place.file, this.#remote.pid, ours, work, (others) => void (this.#found ??= others));
    this.#version = await this.#remote.call("dataVersion");
    this.#versionIsTelling = true;
  }

  /** A checkpoint alone may look like a commit, never a commit like nothing. */
  async written(): Promise<boolean> {
    if (this.#atBackup === undefined) throw noBackupYet();
    return (await this.#remote.call("dataVersion")) !== this.#atBackup;
  }

  /** null: nobody; else who, or how that is known. */
  async find(): Promise<string | null> {
    if (this.#version === undefined) throw noBackupYet();
    if (this.#found !== null || !this.#versionIsTelling) return this.#found;
    if ((await this.#remote.call("dataVersion")) === this.#version) return null;
    const { configured, file } = this.#place;
    const holders = nameHolders(file, [this.#remote.pid]);
    return `another connection wrote to ${configured} after the backup${holders === null ? "" : `; open in ${holders}`}`;
  }
}

function noBackupYet(): BelayError {
  return refusal("no-backup-yet", "whether anybody else wrote is known only after a backup of this workspace", {
    hint: "take the backup first",
  });
}
