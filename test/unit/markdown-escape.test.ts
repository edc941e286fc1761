import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { cell, cellCode, code, fenced, htmlCode, link, mermaidText, prose } from "../../src/report/markdown/escape.ts";
import { commitUrl, fileUrl, repositoryPath, runUrl, workflowUrl } from "../../src/report/markdown/github-url.ts";
import { safeLine, safeLines } from "../../src/report/safe-text.ts";
import { hostileText } from "../support/hostile-text.ts";
import { GITHUB_ACTS_ON, hrefs, rendered, skeleton } from "../support/rendered-markdown.ts";

const RUNS = { numRuns: 300 };
const NO_LIMIT = Number.POSITIVE_INFINITY;

/** Spaces around code are the price of keeping two runs of backticks apart. */
function letters(text: string): string {
  return text.replace(/[`\s]/gu, "");
}

describe("text from outside in running text", () => {
  it("is one paragraph of text and code, links to nothing and says what it said", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const { tags, text: shown, running } = rendered(prose(text, NO_LIMIT));
        const line = safeLine(text);
        expect(tags.map(({ name }) => name).filter((name) => !["p", "code"].includes(name))).toEqual([]);
        expect(tags.filter(({ name, closing }) => name === "p" && !closing).length).toBe(line === "" ? 0 : 1);
        expect(running.filter((each) => GITHUB_ACTS_ON.test(each))).toEqual([]);
        if (line.includes("`")) expect(letters(shown)).toBe(letters(line));
        else expect(shown).toBe(line);
      }),
      RUNS,
    );
  });

  it("stays so as an item of a list, after a label, and between stars", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(skeleton(rendered(`- **Why:** ${prose(text)} (${code("x")})`))).toBe("ul li");
        expect(skeleton(rendered(`- ${prose(text)}`))).toBe("ul li");
        expect(skeleton(rendered(`- [ ] ${prose(`a ${text}`)}`))).toBe("ul li input");
        expect(skeleton(rendered(`1. ${prose(text)}`))).toBe("ol li");
      }),
      RUNS,
    );
  });

  it("shows commands, addresses, people and commits as code, and names as they are", () => {
    expect(prose("end pid 4711, then `belay recover prod`")).toBe("end pid 4711, then `belay recover prod`");
    expect(prose("got 17 (4, a@example.com; 9, b@example.com)")).toBe("got 17 (4, `a@example.com`; 9, `b@example.com`)");
    expect(prose("http://localhost:5000/login: expected a 2xx, see @alice and #12.")).toBe(
      "`http://localhost:5000/login`: expected a 2xx, see `@alice` and `#12`.",
    );
    expect(prose("the version of 3f2c9d1 is running")).toBe("the version of `3f2c9d1` is running");
    expect(prose("0003_settings in Sun 01:00-05:00, 5,500,000 rows (id=4)")).toBe(
      "0003_settings in Sun 01:00-05:00, 5,500,000 rows (id=4)",
    );
  });
});

describe("text from outside in a table", () => {
  it("stays in its cell", () => {
    fc.assert(
      fc.property(hostileText, hostileText, (first, second) => {
        const page = rendered(`| a | b | c |\n| --- | --- | --- |\n| ${cell(first)} | ${cellCode(second)} | last |\n\nafter`);
        expect(skeleton(page)).toBe("table thead tr th th th tbody tr td td td p");
        expect(page.text).toMatch(/last\s+after\s*$/u);
        expect(page.running.filter((each) => GITHUB_ACTS_ON.test(each))).toEqual([]);
      }),
      RUNS,
    );
  });

  it("keeps its pipes, also in code and after a backslash", () => {
    const page = rendered(`| a | b |\n| --- | --- |\n| ${cell("x | y \\| z")} | ${cellCode("x | y \\| z")} |`);
    expect(page.text).toContain("x | y \\| z");
    expect(page.text).toContain("x | y \\\\u{7c} z");
  });
});

describe("text from outside as code", () => {
  it("is one code span that says what it said", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const line = safeLine(text);
        const page = rendered(`a ${code(text, NO_LIMIT)} b`);
        expect(page.text).toBe(line === "" ? "a  b" : `a ${line} b`);
        expect(page.tags.filter(({ name }) => name === "code").length).toBe(line === "" ? 0 : 2);
      }),
      RUNS,
    );
  });

  it("is one fenced block that says what it said", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const page = rendered(`${fenced("sql", text)}\n\nafter`);
        expect(skeleton(page)).toBe("pre p");
        const lines = safeLines(text).join("\n");
        expect(page.text.replace(/\n*after$/u, "").trimEnd()).toBe(lines.trimEnd());
      }),
      RUNS,
    );
  });

  it("cannot be closed by any number of backticks", () => {
    for (const run of [1, 2, 3, 4, 50, 100_000]) {
      const ticks = "`".repeat(run);
      expect(rendered(code(ticks, NO_LIMIT)).text).toBe(ticks);
      expect(skeleton(rendered(fenced("text", `${ticks}\n# no heading\n${ticks}`)))).toBe("pre");
    }
  });

  it("stays in the summary of a details block, where markdown is not read", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const page = rendered(`<details><summary>SQL of ${htmlCode(text)}</summary>\n\ninside\n\n</details>`);
        expect(skeleton(page)).toBe("details summary p");
        expect(page.text.trim()).toBe(`SQL of ${safeLine(text, 120)}\ninside`);
      }),
      RUNS,
    );
  });
});

describe("a text of 100 kB and more", () => {
  it("is read in time that grows with it and not faster, also where escape sequences begin and never end", () => {
    const began = performance.now();
    for (const unit of ["\u0090", "\x1b]8;;x", "\x9b0", "\x1bP", "`a ", "` ", "a@", ")(", "|\\"]) {
      prose(unit.repeat(100_000));
      fenced("text", unit.repeat(100_000));
    }
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

describe("a link", () => {
  const context = {
    serverUrl: "https://github.com",
    repository: "acme/shop",
    sha: "3f2c9d1e5a7b4c6d8e9f0a1b2c3d4e5f60718293",
    runUrl: "https://github.com/acme/shop/actions/runs/4711",
    workflow: "deploy.yml",
    directory: "apps/shop",
  };

  it("leads to the file at the commit and nowhere else, whatever the file is called", () => {
    fc.assert(
      fc.property(hostileText, (name) => {
        const page = rendered(link(code(`a${name}`), fileUrl(context, `a${name}`)));
        expect(hrefs(page).filter((url) => !url.startsWith(`https://github.com/acme/shop/blob/${context.sha}/`))).toEqual([]);
        expect(skeleton(page)).toMatch(/^p(?: a)?$/u);
      }),
      RUNS,
    );
  });

  it("stays one where a name would make it the definition of a reference", () => {
    for (const name of ["\\[^1]: z", "]: z", "[x]: https://evil.example"]) {
      const page = rendered(link(code(`a${name}`), fileUrl(context, `a${name}`)));
      expect([skeleton(page), hrefs(page).length]).toEqual(["p a", 1]);
    }
  });

  it("is made only from parts that are what they should be", () => {
    expect(fileUrl(context, "migrations/1 a.sql")).toBe(`https://github.com/acme/shop/blob/${context.sha}/apps/shop/migrations/1%20a.sql`);
    for (const broken of [
      { sha: "main" },
      { sha: null },
      { repository: "a/b/c" },
      { repository: "a)b/c" },
      { serverUrl: "javascript:x" },
    ]) {
      expect(fileUrl({ ...context, ...broken }, "a.sql")).toBeNull();
    }
    expect(fileUrl(context, "a".repeat(100_000))).toBeNull();
    expect(runUrl({ ...context, runUrl: "https://x/) [y](z" })).toBeNull();
    expect(commitUrl(context, "not a commit")).toBeNull();
    expect(workflowUrl({ ...context, workflow: "a b).yml" })).toBe("https://github.com/acme/shop/actions/workflows/a%20b%29.yml");
  });

  it("never leads out of the repository", () => {
    expect(repositoryPath({ directory: "apps/shop" }, "../../m/1.sql")).toBe("m/1.sql");
    expect(repositoryPath({ directory: "apps/shop" }, "../../../etc/passwd")).toBeNull();
    expect(repositoryPath({ directory: "" }, "/etc/passwd")).toBeNull();
    expect(repositoryPath({ directory: "" }, "./a//b.sql")).toBe("a/b.sql");
  });
});

describe("a name in a Mermaid chart", () => {
  it("holds nothing that Mermaid reads", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(mermaidText(text)).toMatch(/^[\p{L}\p{M}\p{N} ._-]+$/u);
      }),
    );
  });
});
