import { relative, sep } from "node:path";

/** The npm package that a module belongs to; null for Belay's own. The bundler's own few lines count as the bundler's. */
export function packageOf(root: string, module: string): string | null {
  if (module.startsWith("\0rolldown/")) return "rolldown";
  const [top, first = "", second = ""] = relative(root, module).split(sep);
  if (top !== "node_modules") return null;
  return first.startsWith("@") ? `${first}/${second}` : first;
}
