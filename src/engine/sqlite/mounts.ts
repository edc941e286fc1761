/** Is a file mounted somewhere by itself (`docker run -v app.db:/app/app.db`)? A rename would leave such a mount on the old file. */

import { readdirSync, readFileSync, readlinkSync } from "node:fs";

interface Mount {
  readonly device: string;
  /** Which part of its file system is mounted, and where; as absolute paths. */
  readonly root: string;
  readonly point: string;
}

/** Looks at every mount namespace that can be seen. False on systems without /proc. */
export function isMountedByItself(file: string): boolean {
  const own = readMounts("self");
  const home = own.filter(({ point }) => isBelow(file, point)).sort((a, b) => b.point.length - a.point.length)[0];
  if (home === undefined) return false;
  if (home.point === file) return true;
  const inFileSystem = joinRoot(home.root, file.slice(home.point === "/" ? 0 : home.point.length));
  return [own, ...otherNamespaces()].some((mounts) => mounts.some(({ device, root }) => device === home.device && root === inFileSystem));
}

function otherNamespaces(): readonly (readonly Mount[])[] {
  const seen = new Set([readLink("self")]);
  return processes().flatMap((pid) => {
    const namespace = readLink(pid);
    if (namespace === undefined || seen.has(namespace)) return [];
    seen.add(namespace);
    return [readMounts(pid)];
  });
}

/** proc(5): `36 35 98:0 /root /point options …`; spaces and the like are octal escapes. */
function readMounts(pid: string): readonly Mount[] {
  const text = ifThere(() => readFileSync(`/proc/${pid}/mountinfo`, "utf8")) ?? "";
  return text.split("\n").flatMap((line) => {
    const [, , device, root, point] = line.split(" ");
    return device === undefined || root === undefined || point === undefined
      ? []
      : [{ device, root: unescape(root), point: unescape(point) }];
  });
}

function unescape(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function isBelow(file: string, point: string): boolean {
  return point === "/" || file === point || file.startsWith(`${point}/`);
}

function joinRoot(root: string, rest: string): string {
  return root === "/" ? rest : root + rest;
}

function processes(): readonly string[] {
  return (ifThere(() => readdirSync("/proc")) ?? []).filter((name) => /^\d+$/.test(name));
}

function readLink(pid: string): string | undefined {
  return ifThere(() => readlinkSync(`/proc/${pid}/ns/mnt`));
}

/** undefined where the system has no /proc, the process ended, or it is another user's. */
function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
