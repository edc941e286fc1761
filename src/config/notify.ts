/** `notify` as written → receivers: names and defaults filled in, secrets only from variables. */

import { resolve } from "node:path";
import { MESSAGE_EVENTS, type MessageEvent } from "../domain/message.ts";
import type { ReceiverConfig } from "./config.ts";
import { DEFAULTS } from "./defaults.ts";
import { validDurationMs } from "./duration.ts";
import type { Problem } from "./problem.ts";
import type { WrittenReceiver } from "./schema-notify.ts";
import { passwordsIn } from "./shown.ts";
import { at, placeOf, type Path, type Tree } from "./tree.ts";

/** A customer is told beforehand, a team is not: it started the run. */
const TOLD_BY_DEFAULT: readonly MessageEvent[] = MESSAGE_EVENTS.filter((event) => event !== "before");

type Kind = ReceiverConfig["kind"];

export function receiversOf(written: readonly WrittenReceiver[] = [], directory: string): readonly ReceiverConfig[] {
  const names = namesOf(written);
  return written.map((each, index) => receiverOf(each, names[index] ?? kindOf(each), directory));
}

function receiverOf(written: WrittenReceiver, name: string, directory: string): ReceiverConfig {
  const common = {
    name,
    on: written.on ?? TOLD_BY_DEFAULT,
    timeoutMs: validDurationMs(written.timeout ?? DEFAULTS.notify.timeout),
  };
  if ("webhook" in written) return { ...common, kind: "webhook", url: written.webhook, secret: written.secret ?? null };
  const template = written.template ?? null;
  if ("slack" in written) return { ...common, kind: "slack", url: written.slack, template };
  if ("file" in written) return { ...common, kind: "file", path: resolve(directory, written.file), template };
  return {
    ...common,
    kind: "email",
    to: typeof written.email === "string" ? [written.email] : written.email,
    from: written.from,
    smtp: written.smtp,
    subject: written.subject ?? DEFAULTS.notify.subject,
    template,
  };
}

function kindOf(written: WrittenReceiver): Kind {
  if ("slack" in written) return "slack";
  if ("webhook" in written) return "webhook";
  return "file" in written ? "file" : "email";
}

/** What a journal remembers a receiver by: each its own. */
function namesOf(written: readonly WrittenReceiver[]): readonly string[] {
  const taken = new Set(written.flatMap(({ name }) => name ?? []));
  return written.map((each) => {
    if (each.name !== undefined) return each.name;
    let name: string = kindOf(each);
    for (let count = 2; taken.has(name); count++) name = `${kindOf(each)}-${count}`;
    taken.add(name);
    return name;
  });
}

/** What only shows once values are put together. */
export function notifyProblems(written: readonly WrittenReceiver[] = [], block: Tree): readonly Problem[] {
  return written.flatMap((each, index) => {
    const path = ["notify", index];
    const first = written.findIndex(({ name }) => name === each.name);
    const line = placeOf(block, ["notify", first, "name"]).line;
    return [
      ...("slack" in each
        ? inFile(block, [...path, "slack"], "whoever knows the address of this webhook can write there", "SLACK_WEBHOOK")
        : []),
      ...("webhook" in each && each.secret !== undefined
        ? inFile(block, [...path, "secret"], "a secret does not belong into this file", "BELAY_WEBHOOK_SECRET")
        : []),
      ...("smtp" in each && passwordsIn(each.smtp).length > 0
        ? inFile(block, [...path, "smtp"], "a password does not belong into this file", "SMTP_URL")
        : []),
      ...(each.name !== undefined && first !== index
        ? [
            problem(
              block,
              [...path, "name"],
              "duplicate-receiver",
              "another receiver has this name",
              `it is on line ${line}; give each its own`,
            ),
          ]
        : []),
    ];
  });
}

/** A problem where a value was written out and not taken from a variable. */
function inFile(block: Tree, path: Path, message: string, variable: string): readonly Problem[] {
  const found = at(block, path);
  if (found?.kind !== "scalar" || found.origin !== "written") return [];
  return [problem(block, path, "secret-in-file", message, `write "\${${variable}}" and set the variable`)];
}

function problem(block: Tree, path: Path, code: string, message: string, hint: string): Problem {
  return { ...placeOf(block, path), code, message, hint };
}
