import "./rolldown-runtime.js";
// src/post.ts
if ((process.env["STATE_run"] ?? "") !== "" && (process.env["STATE_ended"] ?? "") === "") {
	const [{ postStep }, { stepOfThisProcess }] = await Promise.all([import("./post2.js"), import("./process2.js")]);
	process.exit(await postStep(stepOfThisProcess()));
}
export {};
