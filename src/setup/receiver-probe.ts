/** Whether the receivers of `notify` could be told: their hosts are known here, the folders of their files are there. Nobody is told anything. */

import { lookup } from "node:dns/promises";
import { access, constants } from "node:fs/promises";
import { dirname } from "node:path";
import type { Environment, ReceiverConfig } from "../config/config.ts";
import { failure, messageOf } from "../domain/error.ts";
import { failed, well, type Flaw, type Probe } from "./probe.ts";

export const RECEIVER_PROBE: Probe<{ readonly environment: Environment }> = {
  name: "notify",
  means: "runs go as ever, and nobody is told by it",
  look: async ({ environment: { notify } }) => {
    if (notify.length === 0) return null;
    const flaws: Flaw[] = [];
    for (const receiver of notify) {
      try {
        await findReceiver(receiver);
      } catch (error) {
        flaws.push({ ...failed(error), outcome: "warned" });
      }
    }
    const [first] = flaws;
    if (first === undefined) return well(`${notify.map(({ name }) => name).join(", ")}; nothing sent`);
    return { ...first, detail: flaws.map(({ detail }) => detail).join("\n") };
  },
};

/** Throws where a message could not even be sent. Of an address only the host is named. */
async function findReceiver(receiver: ReceiverConfig): Promise<void> {
  const { name } = receiver;
  if (receiver.kind === "file") return await findFolder(name, dirname(receiver.path));
  const { hostname } = new URL(receiver.kind === "email" ? receiver.smtp : receiver.url);
  try {
    await lookup(hostname.replace(/^\[|\]$/g, ""));
  } catch (error) {
    throw failure("host-unknown", `${name}: the name ${hostname} cannot be looked up here (${messageOf(error)})`, {
      hint: "messages are sent from where Belay runs: write an address that this machine knows",
      cause: error,
    });
  }
}

async function findFolder(name: string, folder: string): Promise<void> {
  try {
    await access(folder, constants.W_OK);
  } catch (error) {
    throw failure("folder-missing", `${name}: ${folder} cannot be written to (${messageOf(error)})`, {
      hint: "make the folder, or let the user that runs Belay write there",
      cause: error,
    });
  }
}
