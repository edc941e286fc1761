/**
 * A store in a bucket of Amazon S3 or of any service that speaks its protocol. Every object appears whole; a request whose answer is lost
 * is repeated, and ends with the same object once.
 */

import { Readable } from "node:stream";

import { checked, drain } from "../checked.ts";
import type { Store, StoredEntry } from "../store.ts";
import { openBucket, type S3Options } from "./client.ts";
import { download } from "./download.ts";
import { act, s3Failure } from "./error.ts";
import { logOf, Logs } from "./log.ts";
import { abortUploads, listObjects, removeObjects } from "./objects.ts";
import { objectName, s3Place } from "./place.ts";
import { upload } from "./upload.ts";

/** `location`: `s3://BUCKET/PREFIX`. */
export function s3Store(location: string, options: S3Options): Store {
  const place = s3Place(location);
  const bucket = openBucket(place, options);
  const logs = new Logs(bucket);
  const read = (key: string) => download(bucket, objectName(place, key), act(`reading ${key} from`, place));
  return {
    location: place.location,
    encryption: "none",

    async put(key, content, { sizeBytes } = {}) {
      const source = new Watched(content instanceof Readable ? content : [content]);
      try {
        return await upload(bucket, objectName(place, key), source.chunks(), sizeBytes);
      } catch (error) {
        if (content instanceof Readable) content.destroy();
        throw source.failed ? source.error : s3Failure(act(`writing ${key} to`, place), error);
      }
    },

    get: async (key, expected) => checked(await read(key), key, expected),

    verify: async (key, expected) => drain(checked(await read(key), key, expected)),

    async list(prefix) {
      const entries = new Map<string, StoredEntry>();
      try {
        for await (const entry of listObjects(bucket, prefix)) {
          const key = logOf(entry.key) ?? entry.key;
          entries.set(key, { key, sizeBytes: (entries.get(key)?.sizeBytes ?? 0) + entry.sizeBytes });
        }
      } catch (error) {
        throw s3Failure(act(`listing ${prefix} in`, place), error);
      }
      return [...entries.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
    },

    async remove(key) {
      try {
        await removeObjects(bucket, key);
      } catch (error) {
        throw s3Failure(act(`removing ${key} from`, place), error);
      }
    },

    async sweep(prefix) {
      try {
        await abortUploads(bucket, prefix);
      } catch (error) {
        throw s3Failure(act(`removing what was not finished below ${prefix} in`, place), error);
      }
    },

    append: (key, line) => logs.append(key, line),

    lines: (key) => logs.lines(key),

    localPath: () => null,

    finish: async (key) => {
      throw new Error(`${key} was not written on this machine`);
    },
  };
}

/** Remembers whether it was the source that failed: then that is what is told, as it is. */
class Watched {
  readonly #content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  failed = false;
  error: unknown;

  constructor(content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>) {
    this.#content = content;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.#content) yield chunk;
    } catch (error) {
      this.failed = true;
      this.error = error;
      throw error;
    }
  }
}
