import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { parseHistory, upTo } from "../../src/tool/program/tools/alembic-history.ts";

describe("what alembic history prints", () => {
  test("is read into revisions in the order of application, with what must come before each", () => {
    const printed = `Loading the application …
Rev: d (head) (mergepoint)
Merges: b, c
Path: /p/d.py

    join

Rev: c
Parent: a
Also depends on: b
Path: /p/c.py

    c
    Rev: hostile
Rev: b
Parent: a
Path: /p/b.py

    b

Rev: a (branchpoint)
Parent: <base>
Branches into: b, c
Path: /p/a.py

    a
`;
    const revisions = parseHistory(printed);
    expect(revisions).toEqual([
      { id: "a", after: [], joins: false, isHead: false, path: "/p/a.py" },
      { id: "b", after: ["a"], joins: false, isHead: false, path: "/p/b.py" },
      { id: "c", after: ["a", "b"], joins: false, isHead: false, path: "/p/c.py" },
      { id: "d", after: ["b", "c"], joins: true, isHead: true, path: "/p/d.py" },
    ]);
    expect(upTo(revisions, ["b"])).toEqual(["a", "b"]);
    expect(upTo(revisions, ["d"])).toEqual(["a", "b", "c", "d"]);
    expect(upTo(revisions, [])).toEqual([]);
  });

  test("is not led astray by any docstring, and nothing in front of it makes it fail", () => {
    const id = fc.stringMatching(/^[a-z0-9_]{1,12}$/);
    const text = fc.string({ unit: "binary", maxLength: 80 });
    const ids = fc.uniqueArray(id, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(ids, text, fc.array(text, { minLength: 8, maxLength: 8 }), (names, before, docs) => {
        // what stands before is a line of its own, and no entry: an application does not print Alembic's own words
        fc.pre(!/^Rev: /m.test(before));
        const entries = names.map((name, index) => {
          const parent = names[index - 1] ?? "<base>";
          const doc = (docs[index] ?? "").split("\n").map((line) => `    ${line}`);
          return `Rev: ${name}\nParent: ${parent}\nPath: /p/${name}.py\n\n${doc.join("\n")}\n`;
        });
        const revisions = parseHistory(`${before}\n${entries.toReversed().join("\n")}`);
        expect(revisions.map((each) => each.id)).toEqual(names);
        expect(revisions.map(({ after }) => after)).toEqual(names.map((_, index) => names.slice(Math.max(0, index - 1), index)));
      }),
    );
  });
});
