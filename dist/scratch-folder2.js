import "./rolldown-runtime.js";
import { dirname, join } from "node:path";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
// src/process/scratch-folder.ts
async function scratchFolder(run, contents) {
	const path = await mkdtemp(join(tmpdir(), prefixOf(run)));
	for (const [name, content] of Object.entries(contents)) {
		await mkdir(dirname(join(path, name)), { recursive: true });
		await writeFile(join(path, name), content);
	}
	return {
		path,
		[Symbol.asyncDispose]: () => rm(path, {
			recursive: true,
			force: true
		})
	};
}
async function sweepScratchFolders(run) {
	try {
		const left = (await readdir(tmpdir())).filter((name) => name.startsWith(prefixOf(run)));
		await Promise.allSettled(left.map((name) => rm(join(tmpdir(), name), {
			recursive: true,
			force: true
		})));
	} catch (error) {
		if (!(error instanceof Error)) throw error;
	}
}
function prefixOf(run) {
	return `belay-step-${run}-`;
}
export { sweepScratchFolders as n, scratchFolder as t };
