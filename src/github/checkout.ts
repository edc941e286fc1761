/** Reads files of a commit out of the job's checkout, by git itself. Nothing that lies in the work tree counts. */

import { execFile, type ExecFileException } from "node:child_process";
import { dirname } from "node:path";
import { type BelayError, type Reason, refusal } from "../domain/error.ts";

export interface Checkout {
  /** Absolute. */
  readonly directory: string;
  readonly path: string | undefined;
  readonly signal: AbortSignal;
}

export interface CheckoutFile {
  readonly path: string;
  /** `blob`, `tree`, `commit` (a submodule). A symbolic link is a blob with the mode 120000. */
  readonly type: string;
  readonly mode: string;
  readonly object: string;
  readonly sizeBytes: number;
}

const GIT_MS = 30_000;
/** A belay.yml is far smaller. */
const LARGEST_OUTPUT_BYTES = 8_000_000;

/** The commit that is checked out. Throws `policy-unreadable` where there is no checkout. */
export async function headOf(checkout: Checkout): Promise<string> {
  const end = await git(checkout, ["rev-parse", "--verify", "HEAD"]);
  if (end.status === 0) return end.stdout.trim();
  throw unreadable(`${checkout.directory} is no checkout that git can read (${complaint(end)})`, CHECK_OUT);
}

/**
 * What people approve is the commit of the workflow run. null where that is what is checked out, or the head of its pull request;
 * otherwise why an approval does not stand for what lies here.
 */
export async function strayCheckout(checkout: Checkout, sha: string, pullRequestHead: string | null): Promise<Reason | null> {
  const head = await headOf(checkout);
  if (head === sha || head === pullRequestHead) return null;
  return {
    code: "checkout-mismatch",
    message: `${head.slice(0, 7)} is checked out, and what was approved is ${sha.slice(0, 7)}, the commit of this workflow run`,
    hint: TAKE_THE_COMMIT,
  };
}

const CHECK_OUT = "put a step with actions/checkout in front of Belay's";

/** Those of the paths that the commit has. Throws `policy-unreadable` where the checkout does not have the commit. */
export async function filesAt(checkout: Checkout, sha: string, paths: readonly string[]): Promise<readonly CheckoutFile[]> {
  const end = await git(checkout, ["ls-tree", "-z", "--long", "--full-tree", sha, "--", ...paths]);
  if (end.status !== 0) {
    throw unreadable(`the checkout does not have the commit ${sha.slice(0, 7)} of this workflow run (${complaint(end)})`, TAKE_THE_COMMIT);
  }
  return end.stdout
    .split("\0")
    .filter((line) => line !== "")
    .map((line) => {
      const tab = line.indexOf("\t");
      const [mode = "", type = "", object = "", size = ""] = line.slice(0, tab).split(/ +/);
      return { path: line.slice(tab + 1), type, mode, object, sizeBytes: size === "-" ? 0 : Number(size) };
    });
}

const TAKE_THE_COMMIT = "let actions/checkout take the commit of the workflow run: leave out `ref`";

export async function textOf(checkout: Checkout, { object, path }: CheckoutFile): Promise<string> {
  const end = await git(checkout, ["cat-file", "blob", object]);
  if (end.status === 0) return end.stdout;
  throw unreadable(`git cannot give the content of ${path} (${complaint(end)})`, "check out the repository without filters");
}

/**
 * Git as if nobody had set it up: no variables, no configuration of the user or the machine, no replaced objects, no other repository
 * further up. A checkout may belong to another user where the job runs in a container; only plumbing is run in it, which starts nothing.
 */
async function git({ directory, path, signal }: Checkout, args: readonly string[]): Promise<GitEnd> {
  const options = {
    cwd: directory,
    env: {
      ...(path === undefined ? {} : { PATH: path }),
      LC_ALL: "C",
      GIT_CEILING_DIRECTORIES: dirname(directory),
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_NO_LAZY_FETCH: "1",
      GIT_NO_REPLACE_OBJECTS: "1",
      GIT_OPTIONAL_LOCKS: "0",
      GIT_TERMINAL_PROMPT: "0",
    },
    timeout: GIT_MS,
    maxBuffer: LARGEST_OUTPUT_BYTES,
    signal,
  };
  return new Promise((resolve, reject) => {
    execFile("git", ["-c", "safe.directory=*", ...args], options, (error, stdout, stderr) => {
      if (signal.aborted) reject(signal.reason);
      else if (error === null || typeof error.code === "number") resolve({ status: error?.code ?? 0, stdout, stderr });
      else reject(notRun(error, directory));
    });
  });
}

type GitEnd = { readonly status: number | string; readonly stdout: string; readonly stderr: string };

function notRun(error: ExecFileException, directory: string): BelayError {
  if (error.killed === true) return unreadable(`git did not end within ${GIT_MS / 1000} s`, CHECK_OUT);
  if (error.code !== "ENOENT") return unreadable(`git in ${directory}: ${error.message}`, CHECK_OUT);
  return unreadable(
    "git, or the checkout, is not there",
    "install git on the runner, and put a step with actions/checkout in front of Belay's",
  );
}

function complaint({ stderr, status }: GitEnd): string {
  return stderr.trim().split("\n")[0]?.slice(0, 300) || `git ended with ${status}`;
}

function unreadable(what: string, hint: string): BelayError {
  return refusal("policy-unreadable", `reading the policy out of the checkout: ${what}`, { hint });
}
