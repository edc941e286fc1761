import { basename, dirname, join, resolve } from "node:path";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
// src/ssh/credentials.ts
const PREFIX = "belay-ssh-";
async function writeCredentials(credentials, within, told) {
	const folder = await mkdtemp(join(within, PREFIX));
	told(folder);
	const knownHostsFile = join(folder, "known_hosts");
	await writeFile(knownHostsFile, wholeLines(credentials.knownHosts), { mode: 384 });
	if (credentials.key === null) return {
		folder,
		keyFile: null,
		knownHostsFile
	};
	const keyFile = join(folder, "key");
	await writeFile(keyFile, wholeLines(credentials.key), { mode: 384 });
	return {
		folder,
		keyFile,
		knownHostsFile
	};
}
async function removeCredentials(folder, within) {
	if (dirname(resolve(folder)) === resolve(within) && basename(folder).startsWith(PREFIX)) await rm(folder, {
		recursive: true,
		force: true
	});
}
function wholeLines(text) {
	return `${text.replaceAll("\r\n", "\n").trim()}\n`;
}
export { writeCredentials as n, removeCredentials as t };
