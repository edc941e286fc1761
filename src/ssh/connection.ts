/** One connection to Belay on a server, through the system's ssh. */

import { spawn } from "node:child_process";
import { SESSION_WORD } from "../process/own-words.ts";
import type { CredentialFiles } from "./credentials.ts";
import type { Destination } from "./destination.ts";
import { type FromJob, type FromServer, lineReader, toLine } from "./protocol.ts";

/** Until the server has answered at all. */
const CONNECT_S = 20;
/** A connection over which nothing comes for three times this long is lost. */
const ALIVE_S = 15;
/** Of what ssh and the server's shell say: its end. */
const LONGEST_WORDS = 4_000;

export interface ConnectionSettings {
  readonly destination: Destination;
  readonly files: CredentialFiles;
  /** Of the job: PATH, HOME, SSH_AUTH_SOCK and what the runner cleans up by are passed on to ssh, nothing else. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Absolute path of ssh. */
  readonly program: string;
}

export interface ConnectionEnd {
  readonly status: number | null;
  /** What was said that is no message: by ssh, the shell, or Belay's own standard error. */
  readonly words: string;
}

export interface Connection {
  readonly send: (message: FromJob) => void;
  /** Closes this side; the other may go on. */
  readonly close: () => void;
  /** Ends it at once. */
  readonly abandon: () => void;
  readonly ended: Promise<ConnectionEnd>;
}

/**
 * Where Belay is looked for: what a login without a terminal has on its PATH is often less than what people have. The text has nothing in
 * it that anybody gave, so there is nothing to quote; what is asked goes through standard input, where no list of processes shows it.
 */
const REMOTE =
  `exec sh -c 'for belay in belay "$HOME/.local/bin/belay" "$HOME/bin/belay" /usr/local/bin/belay /opt/belay/belay; do ` +
  `if command -v "$belay" >/dev/null 2>&1; then exec "$belay" ${SESSION_WORD}; fi; done; exit 127'`;

export function connect(settings: ConnectionSettings, told: (message: FromServer) => void): Connection {
  const child = spawn(settings.program, argumentsOf(settings), {
    env: environmentOf(settings),
    stdio: ["pipe", "pipe", "pipe"],
    detached: true, // what ends the job ends it through us, after the server was told
  });
  let words = "";
  const say = (text: string) => {
    words = (words + text).slice(-LONGEST_WORDS);
  };
  const reader = lineReader({ message: (message) => told(message as FromServer), other: (line) => say(`${line}\n`) });
  child.stdout.setEncoding("utf8").on("data", (text: string) => reader.add(text));
  child.stderr.setEncoding("utf8").on("data", say);
  child.stdin.on("error", () => undefined); // its end tells why
  const ended = new Promise<ConnectionEnd>((resolve) => {
    child.once("error", (error) => resolve({ status: null, words: error.message }));
    child.once("close", (status) => {
      reader.end();
      resolve({ status, words: words.trim() });
    });
  });
  return {
    send: (message) => void child.stdin.write(toLine(message)),
    close: () => void child.stdin.end(),
    abandon: () => void child.kill(),
    ended,
  };
}

/** Nothing that a user's or the machine's configuration says counts, and nothing is asked, forwarded or remembered. */
function argumentsOf({ destination, files }: ConnectionSettings): readonly string[] {
  const options = {
    BatchMode: "yes",
    StrictHostKeyChecking: "yes",
    UserKnownHostsFile: files.knownHostsFile,
    GlobalKnownHostsFile: "/dev/null",
    UpdateHostKeys: "no",
    PreferredAuthentications: "publickey",
    ...(files.keyFile === null ? {} : { IdentityFile: files.keyFile, IdentityAgent: "none", IdentitiesOnly: "yes" }),
    ForwardAgent: "no",
    ForwardX11: "no",
    ClearAllForwardings: "yes",
    PermitLocalCommand: "no",
    ControlPath: "none",
    RequestTTY: "no",
    EscapeChar: "none",
    LogLevel: "ERROR",
    ConnectTimeout: String(CONNECT_S),
    ServerAliveInterval: String(ALIVE_S),
    ServerAliveCountMax: "3",
  };
  const { user, host, port } = destination;
  return [
    "-F",
    "none",
    ...Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
    "-p",
    String(port),
    "-l",
    user,
    "--",
    host,
    REMOTE,
  ];
}

function environmentOf({ variables, files }: ConnectionSettings): Record<string, string> {
  const names = ["PATH", "HOME", "RUNNER_TRACKING_ID", ...(files.keyFile === null ? ["SSH_AUTH_SOCK"] : [])];
  const passed = names.flatMap((name) => (variables[name] === undefined ? [] : [[name, variables[name]] as const]));
  return { ...Object.fromEntries(passed), LC_ALL: "C" };
}
