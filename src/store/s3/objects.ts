/** The objects below a prefix, and what uploads that were cut off left beside them. */

import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type ListMultipartUploadsCommandOutput,
} from "@aws-sdk/client-s3";

import type { StoredEntry } from "../store.ts";
import type { Bucket } from "./client.ts";
import { statusOf } from "./error.ts";
import { keyOf, objectName } from "./place.ts";

const REMOVED_AT_ONCE = 8;

/** In the service's order; `folder` empty: all. */
export async function* listObjects({ client, place }: Bucket, folder: string): AsyncGenerator<StoredEntry> {
  let token: string | undefined;
  do {
    const answer = await client.send(
      new ListObjectsV2Command({
        Bucket: place.bucket,
        Prefix: below(place, folder),
        ...(token === undefined ? {} : { ContinuationToken: token }),
      }),
    );
    for (const { Key: name = "", Size: sizeBytes = 0 } of answer.Contents ?? []) yield { key: keyOf(place, name), sizeBytes };
    token = answer.IsTruncated === true ? answer.NextContinuationToken : undefined;
  } while (token !== undefined);
}

/** The object itself, and everything below it. One request each: not every service can remove many with one. */
export async function removeObjects(bucket: Bucket, key: string): Promise<void> {
  const { client, place } = bucket;
  const keys = [key];
  for await (const entry of listObjects(bucket, key)) keys.push(entry.key);
  for (let at = 0; at < keys.length; at += REMOVED_AT_ONCE) {
    const some = keys
      .slice(at, at + REMOVED_AT_ONCE)
      .map((each) => new DeleteObjectCommand({ Bucket: place.bucket, Key: objectName(place, each) }));
    await Promise.all(some.map((command) => client.send(command)));
  }
}

/** Removes the parts of uploads that nobody will end. A service that does not tell of them, or not to these credentials, is left alone. */
export async function abortUploads({ client, place }: Bucket, folder: string): Promise<void> {
  try {
    let marker: { readonly KeyMarker?: string | undefined; readonly UploadIdMarker?: string | undefined } | undefined = {};
    while (marker !== undefined) {
      const answer: ListMultipartUploadsCommandOutput = await client.send(
        new ListMultipartUploadsCommand({ Bucket: place.bucket, Prefix: below(place, folder), ...marker }),
      );
      for (const { Key, UploadId } of answer.Uploads ?? []) {
        await client.send(new AbortMultipartUploadCommand({ Bucket: place.bucket, Key, UploadId }));
      }
      marker = answer.IsTruncated === true ? { KeyMarker: answer.NextKeyMarker, UploadIdMarker: answer.NextUploadIdMarker } : undefined;
    }
  } catch (error) {
    if (![403, 404, 405, 501].includes(statusOf(error) ?? 0)) throw error;
  }
}

function below(place: Bucket["place"], folder: string): string {
  return folder === "" ? place.prefix : `${objectName(place, folder)}/`;
}
