/** What `s3://BUCKET/PREFIX` names, and how Belay's keys become names of objects. Pure. */

import { failure, usageError } from "../../domain/error.ts";

export interface S3Place {
  readonly bucket: string;
  /** Before every key: empty, or with a slash at its end. */
  readonly prefix: string;
  /** `s3://BUCKET/PREFIX`, without a slash at its end. */
  readonly location: string;
}

export function s3Place(location: string): S3Place {
  const [, bucket = "", path = ""] = /^s3:\/\/([^/?#]+)\/*(.*)$/.exec(location) ?? [];
  if (bucket === "") throw usageError("bad-store", `${location} names no bucket`, { hint: "write s3://BUCKET/PREFIX" });
  const prefix = path.replace(/\/+$/, "");
  return { bucket, prefix: prefix === "" ? "" : `${prefix}/`, location: `s3://${bucket}${prefix === "" ? "" : `/${prefix}`}` };
}

/** Refuses a key that leads out of the store: keys are made of names that people chose. */
export function objectName({ prefix }: S3Place, key: string): string {
  if (key === "" || key.split("/").some((part) => part === "" || part === "." || part === ".."))
    throw failure("store-key", `the name ${JSON.stringify(key)} leads out of the store`);
  return prefix + key;
}

export function keyOf({ prefix }: S3Place, name: string): string {
  return name.slice(prefix.length);
}
