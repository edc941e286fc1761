/** One connection, however many ask for it, and none once it is closed for good: one that nobody closes would keep Belay from ending. */

import { describe, expect, test } from "vitest";

import type { Connection } from "../../src/engine/postgres/connection.ts";
import { Reconnecting } from "../../src/engine/postgres/reconnecting.ts";

/** Connections that only tell whether they are lost or closed. */
function lines() {
  const made: { readonly lost: AbortController; closed: boolean; readonly after: Connection | null }[] = [];
  const connect = async (after: Connection | null): Promise<Connection> => {
    const lost = new AbortController();
    const line = { lost, closed: false, after };
    made.push(line);
    await new Promise((resolve) => setImmediate(resolve));
    const close = async () => void (line.closed = true);
    return { lost: lost.signal, [Symbol.asyncDispose]: close } as unknown as Connection;
  };
  return { made, connect };
}

describe("a connection that is made anew", () => {
  test("is one, however many ask at once", async () => {
    const { made, connect } = lines();
    const line = new Reconnecting(connect);
    const [one, other] = await Promise.all([line.get(), line.get()]);
    expect(one).toBe(other);
    made[0]?.lost.abort();
    const [third, fourth] = await Promise.all([line.get(), line.get()]);
    expect([third === fourth, made.length, made[1]?.after === one]).toEqual([true, 2, true]);
  });

  test("is closed also where it was only being made", async () => {
    const { made, connect } = lines();
    const line = new Reconnecting(connect);
    const asked = line.get();
    await line.letGo();
    await asked;
    expect(made.map(({ closed }) => closed)).toEqual([true]);
    await line.get();
    expect(made).toHaveLength(2);
  });

  test("is made for nobody once it is closed for good", async () => {
    const { made, connect } = lines();
    const line = new Reconnecting(connect);
    await line.get();
    await line[Symbol.asyncDispose]();
    await expect(line.get()).rejects.toMatchObject({ code: "connection-closed" });
    expect(made.map(({ closed }) => closed)).toEqual([true]);
  });

  test("is told the lost one until it could be replaced", async () => {
    const { made, connect } = lines();
    let refuse = false;
    const line = new Reconnecting(async (lost) => {
      if (refuse) throw new Error("no server");
      return connect(lost);
    });
    const first = await line.get();
    made[0]?.lost.abort();
    refuse = true;
    await expect(line.get()).rejects.toThrow("no server");
    refuse = false;
    await line.get();
    expect(made[1]?.after).toBe(first);
  });
});
