import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, describe, expect, test } from "vitest";
import type { CheckContext } from "../../src/check/check.ts";
import { runHttpCheck } from "../../src/check/http.ts";
import type { HttpCheck } from "../../src/domain/check.ts";
import type { CheckResult } from "../../src/domain/result.ts";
import { startHttpApp } from "../support/start-http-app.ts";

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function server(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const listening = createServer(answer).listen(0, "127.0.0.1");
  open.push({ close: () => (listening.closeAllConnections(), listening.close()) });
  await once(listening, "listening");
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

const context = (signal = new AbortController().signal): CheckContext => ({
  phase: "health",
  session: null,
  baseline: new Map(),
  directory: "/",
  variables: {},
  signal,
});

function check(
  url: string,
  { expect: wanted, ...more }: Partial<Omit<HttpCheck, "expect">> & { expect?: Partial<HttpCheck["expect"]> } = {},
): HttpCheck {
  return {
    kind: "http",
    name: "login",
    url,
    method: "GET",
    headers: {},
    send: null,
    withinMs: 0,
    timeoutMs: 5_000,
    warn: false,
    ...more,
    expect: { status: null, body: null, json: null, underMs: null, ...wanted },
  };
}

async function run(one: HttpCheck, signal?: AbortSignal): Promise<CheckResult> {
  return (await runHttpCheck(one, context(signal))).result;
}

describe("an HTTP check", () => {
  test.each(["hello", "hello\n"])("takes a body that ends in a line's end for %j", async (equals) => {
    const url = await server((_request, response) => response.end("hello\n"));
    const body = { kind: "equals", value: { text: equals, number: false } } as const;
    expect(await run(check(url, { expect: { body } }))).toMatchObject({ passed: true });
  });

  test("passes by any 2xx when nothing else is asked for", async () => {
    const url = await server((_, response) => response.writeHead(204).end());
    expect(await run(check(url))).toMatchObject({
      name: "login",
      phase: "health",
      passed: true,
      expected: "status 2xx",
      actual: expect.stringMatching(/^status 204 in \d+ ms$/) as string,
    });
  });

  test("fails by another status, with the first words of the answer", async () => {
    const url = await server((_, response) => response.writeHead(500).end("no such column: user.role\nat …"));
    expect(await run(check(url))).toMatchObject({ passed: false, actual: "status 500: no such column: user.role" });
  });

  test("sees a redirect as it is, and can ask for it", async () => {
    const url = await server((request, response) =>
      request.url === "/" ? response.writeHead(302, { location: "/login" }).end() : response.writeHead(200).end(),
    );
    expect(await run(check(url))).toMatchObject({ passed: false, actual: "status 302 to /login" });
    expect(await run(check(url, { expect: { status: 302 } }))).toMatchObject({ passed: true });
  });

  test("sends method, headers and body as asked", async () => {
    const seen: string[] = [];
    const url = await server((request, response) => {
      request.setEncoding("utf8");
      request.on("data", (text: string) => seen.push(`${request.method} ${String(request.headers["x-token"])} ${text}`));
      request.on("end", () => response.end("ok"));
    });
    expect(await run(check(url, { method: "POST", headers: { "x-token": "t" }, send: '{"a":1}' }))).toMatchObject({ passed: true });
    expect(seen).toEqual(['POST t {"a":1}']);
  });

  test("sends a URL's user and password as basic authentication, and never says them", async () => {
    const seen: (string | undefined)[] = [];
    const url = await server((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(401).end();
    });
    const result = await run(check(url.replace("//", "//me:p%40ss@")));
    expect(seen).toEqual([`Basic ${Buffer.from("me:p@ss").toString("base64")}`]);
    expect(JSON.stringify(result)).not.toMatch(/p@ss|p%40ss/);
  });

  test("judges the body as text", async () => {
    const url = await server((_, response) => response.end("status: ok\n"));
    const body = (pattern: string) => run(check(url, { expect: { body: { kind: "matches", pattern } } }));
    expect(await body("ok$")).toMatchObject({ passed: true });
    expect(await body("failed")).toMatchObject({
      passed: false,
      expected: "status 2xx, body a match of /failed/",
      actual: 'status 200 with body "status: ok"',
    });
  });

  test("judges JSON by the members that are given, numbers exactly", async () => {
    const url = await server((_, response) =>
      response.end('{"status":"ok","queue":{"waiting":0,"total":9007199254740993},"jobs":[{"id":1,"x":2}],"rate":0.10}'),
    );
    const json = async (expected: HttpCheck["expect"]["json"]) => {
      const { passed, actual } = await run(check(url, { expect: { json: expected } }));
      return passed ? "passed" : actual;
    };
    expect(await json({ status: "ok", queue: { waiting: 0 }, jobs: [{ id: 1 }], rate: 0.1 })).toBe("passed");
    expect(await json({ status: "failed" })).toBe('status 200 with $.status being "ok"');
    expect(await json({ queue: { waiting: null } })).toBe("status 200 with $.queue.waiting being 0");
    expect(await json({ queue: { missing: 1 } })).toBe("status 200 with $.queue.missing absent");
    expect(await json({ queue: { total: 9007199254740992 } })).toMatch(/\$\.queue\.total being 90071992547409/);
    expect(await json({ jobs: [] })).toBe("status 200 with $.jobs having 1 elements");
    expect(await json({ jobs: { 0: { id: 1 } } })).toMatch(/\$\.jobs being \[/);
    expect(await json({ status: ["ok"] })).toMatch(/\$\.status being "ok"/);
    expect(await json({ constructor: {} })).toBe("status 200 with $.constructor absent");
    expect(await json({ rate: "0.10" })).toBe("status 200 with $.rate being 0.1");
  });

  test("fails where JSON was expected and the answer is none", async () => {
    const url = await server((_, response) => response.end("<html>"));
    expect(await run(check(url, { expect: { json: {} } }))).toMatchObject({
      passed: false,
      actual: "status 200 with a body that is no JSON: <html>",
    });
  });

  test("fails when the answer takes longer than it may", async () => {
    const url = await server((_, response) => setTimeout(() => response.end("ok"), 60));
    expect(await run(check(url, { expect: { underMs: 20 } }))).toMatchObject({
      passed: false,
      expected: "status 2xx, in less than 20 ms",
      actual: expect.stringMatching(/^status 200 after \d+ ms$/) as string,
    });
    expect(await run(check(url, { expect: { underMs: 4_000 } }))).toMatchObject({ passed: true });
  });

  test("does not judge an endless body, and reads no more of it than it must", async () => {
    const url = await server((_, response) => {
      const more = () => response.write("x".repeat(65_536)) || response.once("drain", more);
      const timer = setInterval(more, 1);
      response.on("close", () => clearInterval(timer));
    });
    expect(await run(check(url, { expect: { body: { kind: "matches", pattern: "x" } } }))).toMatchObject({
      passed: false,
      actual: "status 200 with more than 1 MiB, which cannot be judged as a whole",
    });
  });
});

describe("no answer", () => {
  test("because nothing listens is said so", async () => {
    const listening = createTcpServer().listen(0, "127.0.0.1");
    await once(listening, "listening");
    const { port } = listening.address() as AddressInfo;
    listening.close();
    await once(listening, "close");
    expect(await run(check(`http://127.0.0.1:${port}/login`))).toMatchObject({
      passed: false,
      actual: `connection refused: nothing listens there (connect ECONNREFUSED 127.0.0.1:${port})`,
    });
  });

  test("because the host is unknown is said so", async () => {
    expect((await run(check("http://belay-test.invalid/"))).actual).toMatch(
      /^(no such host|the host's name could not be looked up) \(getaddrinfo \w+ belay-test\.invalid\)$/,
    );
  });

  test("because the connection breaks is said so", async () => {
    const url = await server((request) => request.socket.destroy());
    expect((await run(check(url))).actual).toMatch(/before an answer came/);
  });

  test("because something else than HTTP is spoken there is said so", async () => {
    const listening = createTcpServer((socket) => socket.end("SSH-2.0-OpenSSH\r\n")).listen(0, "127.0.0.1");
    open.push(listening);
    await once(listening, "listening");
    expect((await run(check(`http://127.0.0.1:${(listening.address() as AddressInfo).port}/`))).actual).toMatch(/HTTP/);
  });

  test("within its time ends a hanging request", async () => {
    const url = await server(() => undefined);
    const began = performance.now();
    expect(await run(check(url, { timeoutMs: 150 }))).toMatchObject({ passed: false, actual: "no answer within 0.2 s" });
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test("to the end of a body that stops half-way ends it, too", async () => {
    const url = await server((_, response) => response.write("half"));
    expect(await run(check(url, { timeoutMs: 150 }))).toMatchObject({ passed: false, actual: "no answer within 0.2 s" });
  });

  test("at all, of a nonsensical address, is a failed check", async () => {
    expect(await run(check("not a url"))).toMatchObject({ passed: false, actual: expect.stringMatching(/Invalid URL/) as string });
    expect(await run(check("ftp://127.0.0.1/"))).toMatchObject({ passed: false });
  });
});

describe("within a time", () => {
  test("it asks again until the answer is right, also after a request that hung", async () => {
    let asked = 0;
    const url = await server((_, response) => {
      asked++;
      if (asked === 1) response.writeHead(503).end();
      if (asked > 2) response.end("ok");
    });
    expect(await run(check(url, { withinMs: 10_000, timeoutMs: 200 }))).toMatchObject({ passed: true });
    expect(asked).toBe(3);
  });

  test("it gives up when that is over, and says the last answer and how often it asked", async () => {
    const url = await server((_, response) => response.writeHead(503).end());
    const began = performance.now();
    const result = await run(check(url, { withinMs: 700 }));
    expect(result).toMatchObject({ passed: false, actual: expect.stringMatching(/^status 503, after [34] requests in 0.7 s$/) as string });
    expect(performance.now() - began).toBeLessThan(1_500);
  });

  test("it ends at once when it is aborted, by throwing the reason", async () => {
    const controller = new AbortController();
    const waiting = await server((_, response) => response.writeHead(503).end());
    const hanging = await server(() => setTimeout(() => controller.abort(new Error("SIGINT")), 100));
    const runs = [run(check(waiting, { withinMs: 60_000 }), controller.signal), run(check(hanging), controller.signal)];
    for (const ended of await Promise.allSettled(runs)) expect(ended).toMatchObject({ status: "rejected", reason: { message: "SIGINT" } });
  });
});

describe("the application of the scenario tests", () => {
  test("is a real one: it works, breaks and hangs with its database", async () => {
    const folder = await mkdtemp(join(tmpdir(), "belay-app-"));
    const path = join(folder, "app.db");
    new Database(path).exec("create table user (id integer primary key)").close();
    {
      await using works = await startHttpApp(path);
      expect(await run(check(`${works.url}/login`, { expect: { json: { page: "login", tables: 1 } } }))).toMatchObject({ passed: true });
      expect(await run(check(`${works.url}/other`))).toMatchObject({ passed: false, actual: "status 404: no such page" });
      await using broken = await startHttpApp(path, "broken");
      expect(await run(check(`${broken.url}/login`))).toMatchObject({
        passed: false,
        actual: "status 500: internal error: no such column: user.role",
      });
      await using hangs = await startHttpApp(path, "hangs");
      expect(await run(check(`${hangs.url}/login`, { timeoutMs: 150 }))).toMatchObject({ passed: false, actual: "no answer within 0.2 s" });
      await using writes = await startHttpApp(path, "writes");
      expect(await run(check(`${writes.url}/login`, { expect: { json: { tables: 2 } } }))).toMatchObject({ passed: true });
      await using holds = await startHttpApp(path, "holds");
      expect(await run(check(`${holds.url}/login`))).toMatchObject({ passed: true });
    }
    await rm(folder, { recursive: true });
  });
});
