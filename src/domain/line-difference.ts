/** What changed between two texts, as lines of a unified difference without file names. Pure. */

interface Line {
  readonly mark: " " | "-" | "+";
  readonly text: string;
}

/** Lines around a change that are shown with it. */
const CONTEXT = 2;

/** Beyond so many pairs of lines only that they differ is told: such a text is no longer read line by line. */
const LARGEST_TABLE = 4_000_000;

/** Empty where the texts have the same lines. Each line begins with ` `, `-` or `+`; `…` stands for lines that both have. */
export function lineDifference(before: string, after: string): readonly string[] {
  const [old, young] = [linesOf(before), linesOf(after)];
  if (old.length * young.length > LARGEST_TABLE) return old.join("\n") === young.join("\n") ? [] : ["… too much changed to show it"];
  const lines = aligned(old, young);
  if (lines.every(({ mark }) => mark === " ")) return [];
  const shown = lines.map((_, index) => lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ mark }) => mark !== " "));
  return lines.flatMap(({ mark, text }, index) => {
    if (shown[index] === true) return [`${mark}${text}`];
    return index > 0 && shown[index - 1] === true ? ["…"] : [];
  });
}

function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/);
}

/** The longest common subsequence keeps its place; the rest is taken out, then put in. */
function aligned(old: readonly string[], young: readonly string[]): readonly Line[] {
  const common = commonLengths(old, young);
  const at = (i: number, j: number) => common[i]?.[j] ?? 0;
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < young.length) {
    const [gone, come] = [old[i], young[j]];
    if (gone !== undefined && gone === come) {
      lines.push({ mark: " ", text: gone });
      i++;
      j++;
    } else if (gone !== undefined && (come === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ mark: "-", text: gone });
      i++;
    } else if (come !== undefined) {
      lines.push({ mark: "+", text: come });
      j++;
    }
  }
  return lines;
}

/** `[i][j]`: how many lines of `old` from i on and of `young` from j on can be kept. */
function commonLengths(old: readonly string[], young: readonly string[]): readonly Uint32Array[] {
  const table = Array.from({ length: old.length + 1 }, () => new Uint32Array(young.length + 1));
  for (let i = old.length - 1; i >= 0; i--) {
    const [row, next] = [table[i], table[i + 1]];
    if (row === undefined || next === undefined) continue;
    for (let j = young.length - 1; j >= 0; j--) {
      row[j] = old[i] === young[j] ? (next[j + 1] ?? 0) + 1 : Math.max(next[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table;
}
