import "./rolldown-runtime.js";
// src/post.ts
const left = (name) => (process.env[`STATE_${name}`] ?? "") !== "";
if (left("run") && !left("ended") || left("ssh") || left("request") && !left("told")) {
	const [{ postStep }, { stepOfThisProcess }] = await Promise.all([import("./post2.js"), import("./process2.js")]);
	process.exit(await postStep(stepOfThisProcess()));
}
export {};
