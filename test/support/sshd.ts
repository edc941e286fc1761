/** A server that jobs log in to: a real sshd on a loopback port, with keys, configuration and programs of its own. */

import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { CLI } from "./workplace.ts";

const SSHD = "/usr/sbin/sshd";

export class SshServer implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), "belay-sshd-"));
  /** The folder at the head of everybody's PATH there. */
  readonly programs = join(this.directory, "bin");
  readonly #wires: Wires;
  readonly #sshd: ChildProcess;

  private constructor(port: number, wires: Wires) {
    this.#wires = wires;
    mkdirSync(this.programs);
    for (const name of ["host", "user", "stranger"]) {
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", join(this.directory, name)]);
    }
    execFileSync("cp", [join(this.directory, "user.pub"), join(this.directory, "authorized_keys")]);
    this.#sshd = spawn(SSHD, ["-D", "-e", "-f", this.#configuration(port)], { stdio: ["ignore", "ignore", "pipe"] });
  }

  static async start(): Promise<SshServer> {
    if (process.getuid?.() === 0 && !existsSync("/run/sshd")) mkdirSync("/run/sshd", { mode: 0o755 });
    const port = await freePort();
    const server = new SshServer(port, await Wires.to(port));
    const said: string[] = [];
    server.#sshd.stderr?.setEncoding("utf8").on("data", (text: string) => said.push(text));
    while (!said.join("").includes("Server listening")) {
      if (server.#sshd.exitCode !== null) throw new Error(`sshd ended: ${said.join("")}`);
      await pause(10);
    }
    server.install(`#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
    return server;
  }

  /** What is `belay` there; null: nothing. */
  install(script: string | null): void {
    const path = join(this.programs, "belay");
    if (script === null) rmSync(path);
    else writeFileSync(path, script, { mode: 0o755 });
  }

  /** What a key that is let in may do: options of `authorized_keys`. */
  restrict(options: string): void {
    writeFileSync(join(this.directory, "authorized_keys"), `${options} ${readFileSync(join(this.directory, "user.pub"), "utf8")}`);
  }

  /** The inputs of a step that runs there. */
  inputs(directory: string): Record<string, string> {
    return {
      ssh: `${userInfo().username}@127.0.0.1:${this.#wires.port}`,
      "ssh-directory": directory,
      "ssh-key": this.key("user"),
      "known-hosts": this.knownHosts("host"),
    };
  }

  key(name: "user" | "stranger"): string {
    return readFileSync(join(this.directory, name), "utf8");
  }

  knownHosts(name: "host" | "stranger"): string {
    return `[127.0.0.1]:${this.#wires.port} ${readFileSync(join(this.directory, `${name}.pub`), "utf8")}`;
  }

  /** Breaks every connection that there is. New ones are let in. */
  cut(): void {
    this.#wires.cut();
  }

  /** Breaks every connection, and lets nobody in any more. */
  unplug(): Promise<void> {
    return this.#wires[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#sshd.kill();
    await this.#wires[Symbol.asyncDispose]();
    rmSync(this.directory, { recursive: true });
  }

  #configuration(port: number): string {
    const path = join(this.directory, "sshd_config");
    const lines = [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${join(this.directory, "host")}`,
      `AuthorizedKeysFile ${join(this.directory, "authorized_keys")}`,
      "PidFile none",
      "MaxStartups 100",
      "StrictModes no",
      "UsePAM no",
      "PasswordAuthentication no",
      "PermitRootLogin prohibit-password",
      `SetEnv PATH=${this.programs}:/usr/bin:/bin XDG_STATE_HOME=${join(this.directory, "state")}`,
    ];
    writeFileSync(path, `${lines.join("\n")}\n`);
    return path;
  }
}

/** An agent that has one key. */
export function sshAgent(key: string): Disposable & { readonly socket: string } {
  const folder = mkdtempSync(join(tmpdir(), "belay-agent-"));
  const socket = join(folder, "socket");
  const told = execFileSync("ssh-agent", ["-s", "-a", socket], { encoding: "utf8" });
  const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(told)?.[1]);
  execFileSync("ssh-add", ["-q", key], { env: { PATH: process.env["PATH"], SSH_AUTH_SOCK: socket }, stdio: "pipe" });
  return {
    socket,
    [Symbol.dispose]() {
      process.kill(pid);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What lies between, and can break. */
class Wires implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(to: number) {
    this.#server = createServer((near) => {
      const far = createConnection(to, "127.0.0.1");
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket);
        socket.on("error", () => undefined).on("close", () => (other.destroy(), this.#sockets.delete(socket)));
        socket.pipe(other);
      }
    });
  }

  static async to(port: number): Promise<Wires> {
    const wires = new Wires(port);
    await new Promise<void>((resolve) => wires.#server.listen(0, "127.0.0.1", resolve));
    return wires;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
