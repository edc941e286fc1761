import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Project } from "../project.ts";

/** Nothing of the machine's own git settings, and times that a test can know. */
const ENVIRONMENT = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.org",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.org",
};

/**
 * A project that is a git repository, as `actions/checkout` leaves it in GITHUB_WORKSPACE; the fake GitHub serves the same commits. What
 * is in production lies outside of it, where no checkout cleans up.
 */
export class CheckedOutProject extends Project {
  readonly outside = mkdtempSync(join(tmpdir(), "belay-outside-"));
  override readonly database = join(this.outside, "app.db");

  git(...args: readonly string[]): string {
    const env = { PATH: process.env["PATH"] ?? "", HOME: this.directory, ...ENVIRONMENT };
    return execFileSync("git", ["-C", this.directory, ...args], { encoding: "utf8", env, stdio: ["ignore", "pipe", "pipe"] }).trim();
  }

  /** Commits everything but databases and what Belay keeps; the repository begins with the first. Returns the SHA. */
  commit(message: string): string {
    if (!existsSync(join(this.directory, ".git"))) {
      this.git("init", "--quiet", "--initial-branch=main");
      this.write(".gitignore", "app.db*\n.belay/\napp.log\nnode_modules\n");
    }
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", `--message=${message}`);
    return this.head();
  }

  head(): string {
    return this.git("rev-parse", "HEAD");
  }

  /** A branch from here with what `change` writes, in one commit; the checkout stays on it. Returns the SHA. */
  branch(name: string, change: () => void): string {
    this.git("checkout", "--quiet", "-b", name);
    change();
    return this.commit(`Changes of ${name}`);
  }

  /** Merges a branch into `main` by a merge commit, as GitHub's button does; the checkout is then on `main`. Returns the SHA. */
  merge(branch: string): string {
    this.git("checkout", "--quiet", "main");
    this.git("merge", "--quiet", "--no-ff", `--message=Merge ${branch}`, branch);
    return this.head();
  }

  /** What a pull request's workflow checks out: `main` and the branch merged on the side, detached. Returns the SHA. */
  checkOutPull(branch: string, number: number): string {
    this.git("checkout", "--quiet", "--detach", "main");
    this.git("merge", "--quiet", "--no-ff", `--message=Merge ${branch} into main`, branch);
    this.git("update-ref", `refs/pull/${number}/merge`, "HEAD");
    return this.head();
  }

  override [Symbol.dispose](): void {
    super[Symbol.dispose]();
    rmSync(this.outside, { recursive: true, force: true });
  }
}
