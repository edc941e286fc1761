/** A file of messages: each under a line that names its time, environment, event and run. */

import { open } from "node:fs/promises";
import { messageOf } from "../domain/error.ts";
import { renderTemplate } from "../domain/message-template.ts";
import { forOneLine } from "./escape.ts";
import { Undelivered, type Receiver } from "./receiver.ts";

/** Appends in one write and syncs, so that two that write at once do not mix; what could not be written whole is taken back. */
export function fileReceiver(path: string, template: string | null): Receiver {
  return {
    async send(message) {
      const { at, event, fields } = message;
      const text = renderTemplate(template ?? message.template, fields, forOneLine);
      const bytes = Buffer.from(`# ${at.toISOString()} ${fields.environment} ${event} ${fields.run}\n${text}\n\n`);
      try {
        await using file = await open(path, "a", 0o640);
        const { size } = await file.stat();
        const { bytesWritten } = await file.write(bytes);
        if (bytesWritten !== bytes.length) {
          if ((await file.stat()).size === size + bytesWritten) await file.truncate(size);
          throw new Error(`only ${bytesWritten} of ${bytes.length} bytes could be written: the disk is full`);
        }
        await file.sync();
      } catch (error) {
        throw new Undelivered(`writing ${path}: ${messageOf(error)}`, { passing: false });
      }
    },
  };
}
