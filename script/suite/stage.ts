import { spawn } from "node:child_process";

export interface Stage {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

/** Runs a stage and prints its line; true when it passed. What it wrote is printed only when it failed. */
export async function runStage(stage: Stage): Promise<boolean> {
  const began = performance.now();
  if (process.stdout.isTTY) process.stdout.write(`  … ${stage.name}\r`);
  const { passed, output } = await run(stage.command);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`  ${passed ? "✔" : "✖"} ${stage.name.padEnd(12)}${seconds.padStart(7)} s`);
  if (!passed) console.log(`\n$ ${stage.command.join(" ")}\n${output.trimEnd()}\n`);
  return passed;
}

async function run([program, ...args]: Stage["command"]): Promise<{ readonly passed: boolean; readonly output: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.on("error", reject);
  child.on("close", (status) => resolve(status === 0));
  const passed = await promise;
  return { passed, output: Buffer.concat(chunks).toString("utf8") };
}
