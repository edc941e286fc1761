/**
 * Logs in a store that cannot append: every line an object of its own, `<log>/00000001` and so on, put on the condition that there is none
 * of that name. Whoever comes second with a line is told so by the service itself, however late a request of his arrives.
 */

import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";

import { failure } from "../../domain/error.ts";
import { pauseBefore, type Bucket } from "./client.ts";
import { act, isRefusedByCondition, s3Failure, statusOf } from "./error.ts";
import { listObjects, removeObjects } from "./objects.ts";
import { keyOf, objectName } from "./place.ts";

/** Digits of a line's number: names sort as the lines follow each other. */
const DIGITS = 8;
const LINE = new RegExp(`^(.+)/(\\d{${DIGITS}})$`, "s");
const READ_AT_ONCE = 16;

/** The log that an object is a line of; null where it is none. */
export function logOf(key: string): string | null {
  return LINE.exec(key)?.[1] ?? null;
}

export class Logs {
  readonly #bucket: Bucket;
  /** Lines that are there, by log. */
  readonly #lengths = new Map<string, number>();
  /** Lines of ours of which one may be there or not: their answers never came. */
  readonly #inDoubt = new Map<string, { readonly number: number; readonly lines: readonly string[] }>();
  #conditionsHold = false;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  async append(log: string, line: string): Promise<void> {
    const what = act(`writing the journal ${log} in`, this.#bucket.place);
    const doubtful = this.#inDoubt.get(log);
    try {
      const number = doubtful?.number ?? (this.#lengths.get(log) ?? (await this.#numbers(log)).length) + 1;
      const lines = doubtful?.lines ?? [];
      this.#inDoubt.set(log, { number, lines: [...lines, line] });
      const name = this.#name(log, number);
      await this.#put(name, line, lines, what);
      if (!this.#conditionsHold) await this.#tryConditions(name, line, what);
      this.#lengths.set(log, number);
      this.#inDoubt.delete(log);
    } catch (error) {
      throw s3Failure(what, error);
    }
  }

  async lines(log: string): Promise<readonly string[]> {
    try {
      const names = (await this.#numbers(log)).map((number) => this.#name(log, number));
      const lines: string[] = [];
      for (let at = 0; at < names.length; at += READ_AT_ONCE) {
        const some = await Promise.all(names.slice(at, at + READ_AT_ONCE).map((name) => this.#read(name)));
        lines.push(...some.map(({ line }) => line));
      }
      return lines;
    } catch (error) {
      throw s3Failure(act(`reading the journal ${log} from`, this.#bucket.place), error);
    }
  }

  /** 1, 2, 3 …; a line is put once the one before it is acknowledged, so one that is missing was there, and nobody may guess what it said. */
  async #numbers(log: string): Promise<readonly number[]> {
    const numbers: number[] = [];
    for await (const { key } of listObjects(this.#bucket, log)) {
      const [, of, digits] = LINE.exec(key) ?? [];
      if (of === log) numbers.push(Number(digits));
    }
    numbers.sort((a, b) => a - b);
    const missing = numbers.findIndex((number, index) => number !== index + 1);
    if (missing < 0) return numbers;
    throw failure("journal-damaged", `the journal ${log} in the store ${this.#bucket.place.location} lacks line ${missing + 1}`, {
      hint: "compare the database with its newest backup (`belay backups`), then restore or keep it; Belay does not guess",
    });
  }

  /** Puts a line where there is none. That one of the same content lies there means that an answer was lost on the way. */
  async #put(name: string, line: string, inDoubt: readonly string[], what: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#send(name, line, { IfNoneMatch: "*" });
        return;
      } catch (error) {
        if (isRefusedByCondition(error)) return this.#settle(name, line, inDoubt, what);
        // Two requests for one name at the same moment, one of them perhaps ours from before: which one won is told by asking again.
        if (statusOf(error) !== 409 || attempt >= this.#bucket.patience.attempts) throw error;
        await pauseBefore(attempt, this.#bucket.patience);
      }
    }
  }

  async #settle(name: string, line: string, inDoubt: readonly string[], what: string): Promise<void> {
    const there = await this.#read(name);
    if (there.line === line) return;
    if (inDoubt.includes(there.line)) return this.#send(name, line, { IfMatch: there.etag });
    throw failure("lock-lost", `${what}: somebody else has written line ${name.slice(-DIGITS)} of it`, {
      hint: "another run works on this target; this one has stopped. Look at `belay runs`, then run again",
    });
  }

  /** Once for each store: the same line again must be refused. Where it is not, no later one could be trusted either. */
  async #tryConditions(name: string, line: string, what: string): Promise<void> {
    try {
      await this.#send(name, line, { IfNoneMatch: "*" });
    } catch (error) {
      if (!isRefusedByCondition(error) && statusOf(error) !== 409) throw error;
      this.#conditionsHold = true;
      return;
    }
    await removeObjects(this.#bucket, keyOf(this.#bucket.place, name));
    throw failure("store-unsuitable", `${what}: the service ignores If-None-Match, so that two runs could overwrite each other's journal`, {
      hint: "name a store whose service knows conditional writes in `backup.store` (Amazon S3, MinIO, Ceph, R2 do), or update this one",
    });
  }

  async #send(
    name: string,
    line: string,
    condition: { readonly IfNoneMatch?: string; readonly IfMatch?: string | undefined },
  ): Promise<void> {
    const { client, place } = this.#bucket;
    await client.send(new PutObjectCommand({ Bucket: place.bucket, Key: name, Body: Buffer.from(line), ...condition }));
  }

  async #read(name: string): Promise<{ readonly line: string; readonly etag: string | undefined }> {
    const { client, place } = this.#bucket;
    const { Body: body, ETag: etag } = await client.send(new GetObjectCommand({ Bucket: place.bucket, Key: name }));
    return { line: (await body?.transformToString("utf8")) ?? "", etag };
  }

  #name(log: string, number: number): string {
    return objectName(this.#bucket.place, `${log}/${String(number).padStart(DIGITS, "0")}`);
  }
}
