/** The bot as it is run: `node bot/main.ts`, which can be killed. */

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../../..");

export class BotProcess implements AsyncDisposable {
  /** All that it wrote. */
  said = "";
  /** Its exit status; null: a signal ended it. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcessWithoutNullStreams;

  /** `root`: where its files lie. */
  constructor(variables: Readonly<Record<string, string>>, root = ROOT) {
    const env = { PATH: process.env["PATH"] ?? "", ...variables };
    this.#child = spawn(process.execPath, [join(root, "bot/main.ts")], { env, cwd: root });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (this.said += text));
    this.ended = once(this.#child, "close").then(() => this.#child.exitCode);
  }

  static async listening(variables: Readonly<Record<string, string>>): Promise<BotProcess> {
    const bot = new BotProcess(variables);
    const over = bot.ended.then(() => true);
    while (!bot.said.includes('"what":"listening"')) {
      if (await Promise.race([over, once(bot.#child.stdout, "data").then(() => false)])) throw new Error(`the bot ended: ${bot.said}`);
    }
    return bot;
  }

  /** The port of its metrics. */
  get metricsPort(): number {
    return Number(/"metrics":(\d+)/.exec(this.said)?.[1]);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
