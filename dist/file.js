import "./rolldown-runtime.js";
import { tt as messageOf, u as renderTemplate } from "./domain.js";
import { r as forOneLine } from "./escape.js";
import { t as Undelivered } from "./receiver.js";
import { open } from "node:fs/promises";
// src/notify/file.ts
function fileReceiver(path, template) {
	return { async send(message) {
		const { at, event, fields } = message;
		const text = renderTemplate(template ?? message.template, fields, forOneLine);
		const bytes = Buffer.from(`# ${at.toISOString()} ${fields.environment} ${event} ${fields.run}\n${text}\n\n`);
		try {
			await using file = await open(path, "a", 416);
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
	} };
}
export { fileReceiver };
