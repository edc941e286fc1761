import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly date: string;
}

export interface GitCommit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: Person;
  readonly committer: Person;
}

export interface TreeEntry {
  readonly mode: string;
  readonly type: "blob" | "tree" | "commit";
  readonly sha: string;
  /** 0 for what is no file. */
  readonly sizeBytes: number;
  readonly path: string;
}

export interface Change {
  readonly status: "added" | "removed" | "modified";
  readonly path: string;
  readonly additions: number;
  readonly deletions: number;
  readonly patch: string;
}

/** The git side of the fake: it answers out of a real repository, so that commits, trees and differences are git's own. */
export class GitRepository {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** The commit of a branch, a tag, a full ref or a SHA; null where there is none. */
  async resolve(ref: string): Promise<string | null> {
    for (const name of [`refs/heads/${ref}`, `refs/tags/${ref}`, `refs/${ref}`, ref]) {
      const sha = await this.#find("rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`);
      if (sha !== null) return sha.trim();
    }
    return null;
  }

  async commit(sha: string): Promise<GitCommit> {
    const format = ["%H", "%T", "%P", "%an", "%ae", "%aI", "%cn", "%ce", "%cI", "%B"].join("%x00");
    const shown = await this.#git("show", "--no-patch", `--format=${format}`, sha);
    const [id = "", tree = "", parents = "", an = "", ae = "", aI = "", cn = "", ce = "", cI = "", message = ""] = shown.split("\0");
    return {
      sha: id,
      tree,
      parents: parents.split(" ").filter(Boolean),
      message: message.trimEnd(),
      author: { name: an, email: ae, date: new Date(aI).toISOString() },
      committer: { name: cn, email: ce, date: new Date(cI).toISOString() },
    };
  }

  /** What lies in a commit or tree; `path`: one entry, or with a `/` at its end what is in a folder. */
  async entries(treeish: string, { recursive = false, path = "" } = {}): Promise<TreeEntry[]> {
    const listed = await this.#git(
      "ls-tree",
      "-z",
      "--long",
      ...(recursive ? ["-r", "-t"] : []),
      treeish,
      ...(path === "" ? [] : ["--", path]),
    );
    return listed
      .split("\0")
      .filter(Boolean)
      .map((line) => {
        const [facts = "", name = ""] = line.split("\t");
        const [mode = "", type = "", sha = "", size = ""] = facts.split(/ +/);
        return { mode, type: kindOf(type), sha, sizeBytes: size === "-" ? 0 : Number(size), path: name };
      });
  }

  /** null where there is no object of this SHA. */
  async typeOf(sha: string): Promise<string | null> {
    const object = await this.#find("rev-parse", "--verify", "--quiet", "--end-of-options", `${sha}^{object}`);
    return object === null ? null : (await this.#git("cat-file", "-t", object.trim())).trim();
  }

  async blob(sha: string): Promise<Buffer> {
    const { stdout } = await run("git", ["-C", this.directory, "cat-file", "blob", sha], { encoding: "buffer", maxBuffer: 1 << 28 });
    return stdout;
  }

  /** null where two commits have nothing in common. */
  async mergeBase(one: string, other: string): Promise<string | null> {
    return (await this.#find("merge-base", one, other))?.trim() ?? null;
  }

  /** Commits that `to` has and `from` has not, oldest first. */
  async commitsBetween(from: string, to: string): Promise<string[]> {
    return (await this.#git("rev-list", "--reverse", `${from}..${to}`)).split("\n").filter(Boolean);
  }

  async changes(from: string, to: string): Promise<Change[]> {
    const listed = (await this.#git("diff", "-z", "--no-renames", "--name-status", from, to)).split("\0").filter(Boolean);
    const paths = listed.flatMap((item, index) => (index % 2 === 1 ? [{ status: listed[index - 1] ?? "", path: item }] : []));
    return Promise.all(paths.map(({ status, path }) => this.#change(from, to, status, path)));
  }

  async #change(from: string, to: string, status: string, path: string): Promise<Change> {
    const difference = await this.#git("diff", "--no-renames", from, to, "--", path);
    const patch = difference.slice(Math.max(0, difference.indexOf("\n@@") + 1));
    const count = (sign: string) => patch.split("\n").filter((line) => line.startsWith(sign)).length;
    const word = status === "A" ? "added" : status === "D" ? "removed" : "modified";
    return { status: word, path, additions: count("+"), deletions: count("-"), patch };
  }

  async #git(...args: readonly string[]): Promise<string> {
    const { stdout } = await run("git", ["-C", this.directory, ...args], { encoding: "utf8", maxBuffer: 1 << 28 });
    return stdout;
  }

  /** null where git says by its exit status that there is no such thing; 128 would be that git itself cannot. */
  async #find(...args: readonly string[]): Promise<string | null> {
    try {
      return await this.#git(...args);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === 1) return null;
      throw error;
    }
  }
}

function kindOf(type: string): TreeEntry["type"] {
  if (type === "blob" || type === "tree" || type === "commit") return type;
  throw new Error(`git lists a ${type} in a tree`);
}
