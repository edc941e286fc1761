/** The entry at the end of the job: gives the process to `postStep` and sets the exit status. Most jobs leave nothing to finish. */

if ((process.env["STATE_run"] ?? "") !== "" && (process.env["STATE_ended"] ?? "") === "") {
  const [{ postStep }, { stepOfThisProcess }] = await Promise.all([import("./workflow/post.ts"), import("./workflow/process.ts")]);
  // What still runs when the time is over is not waited for.
  process.exit(await postStep(stepOfThisProcess()));
}
