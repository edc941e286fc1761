/** The entry at the end of the job: gives the process to `postStep` and sets the exit status. Most jobs leave nothing to finish. */

const left = (name: string) => (process.env[`STATE_${name}`] ?? "") !== "";

if ((left("run") && !left("ended")) || left("ssh") || (left("request") && !left("told"))) {
  const [{ postStep }, { stepOfThisProcess }] = await Promise.all([import("./workflow/post.ts"), import("./workflow/process.ts")]);
  // What still runs when the time is over is not waited for.
  process.exit(await postStep(stepOfThisProcess()));
}
