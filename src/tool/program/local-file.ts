import { isAbsolute, join, relative, resolve, sep } from "node:path";
import type { Place } from "./definition.ts";
import { isFile } from "./files.ts";

/**
 * A file that a tool tells, as it lies here, relative to the root; null where it does not. Of a path in a container (`migrate.run`) the
 * longest end that is here counts: `/app/migrations/versions/0003.py` is `migrations/versions/0003.py`.
 */
export async function localFile(
  { root, directory, elsewhere }: Pick<Place, "root" | "directory" | "elsewhere">,
  path: string,
): Promise<string | null> {
  for (const candidate of candidates(directory, elsewhere, path)) {
    const name = relative(root, candidate);
    const isInside = name !== "" && name !== ".." && !name.startsWith(`..${sep}`) && !isAbsolute(name);
    if (isInside && (await isFile(candidate))) return name.replaceAll(sep, "/");
  }
  return null;
}

function candidates(directory: string, elsewhere: boolean, path: string): readonly string[] {
  if (!elsewhere) return [resolve(directory, path)];
  const parts = path.split("/").filter((part) => part !== "");
  return parts.map((_, index) => join(directory, ...parts.slice(index)));
}
