import type { CopyProgress } from "../hold.ts";
import { statIfThere } from "./file-evidence.ts";

const EVERY_MS = 100;

/** Tells how far a copy has come by the size of the file that it grows. Looks from outside: the copy is one step of another process. */
export function watchSize(path: string, totalBytes: number, progress: CopyProgress | undefined): Disposable {
  if (progress === undefined) return { [Symbol.dispose]: () => undefined };
  const look = () => progress(Math.min(Number(statIfThere(path)?.size ?? 0n), totalBytes), totalBytes);
  const timer = setInterval(look, EVERY_MS);
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      look();
    },
  };
}
