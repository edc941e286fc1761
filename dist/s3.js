import "./rolldown-runtime.js";
import { b as drain, v as Measure, y as checked } from "./looking.js";
import { t as require_dist_cjs } from "./npm-aws-sdk-client-s3.js";
import { $ as BelayError, et as failure, it as usageError, tt as messageOf } from "./domain.js";
import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
// src/store/s3/client.ts
var import_dist_cjs = require_dist_cjs();
const PART_BYTES = 16 << 20;
const PATIENCE = {
	connectMs: 1e4,
	idleMs: 3e4,
	attempts: 5,
	pauseMs: 200
};
function openBucket(place, { endpoint, region, pathStyle, patience = PATIENCE, partBytes = PART_BYTES }) {
	const elsewhere = endpoint !== null || isSet("AWS_ENDPOINT_URL") || isSet("AWS_ENDPOINT_URL_S3");
	return {
		client: new import_dist_cjs.S3Client({
			...endpoint === null ? {} : { endpoint },
			...region !== null ? { region } : elsewhere && !isSet("AWS_REGION") ? { region: "us-east-1" } : {},
			forcePathStyle: pathStyle ?? elsewhere,
			maxAttempts: patience.attempts,
			requestHandler: {
				connectionTimeout: patience.connectMs,
				socketTimeout: patience.idleMs
			},
			requestChecksumCalculation: "WHEN_SUPPORTED",
			responseChecksumValidation: "WHEN_REQUIRED"
		}),
		place,
		patience,
		partBytes
	};
}
function isSet(variable) {
	return (process.env[variable] ?? "") !== "";
}
async function pauseBefore(attempt, { pauseMs }) {
	const longest = Math.min(pauseMs * 2 ** (attempt - 1), 2e4);
	const { promise, resolve } = Promise.withResolvers();
	setTimeout(resolve, longest / 2 + Math.random() * longest / 2);
	await promise;
}
// src/store/s3/error.ts
const CREDENTIALS = "give the credentials as every AWS program finds them: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or the machine's role";
const RIGHTS = "the credentials need s3:GetObject, s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload and s3:ListBucket there";
const LATER = "run again; where it lasts, look at the service's status and at the network on the way";
const MEANINGS = {
	NoSuchKey: {
		code: "store-missing",
		message: "it is not there",
		hint: "look which backups and runs exist: `belay backups`, `belay runs`"
	},
	NoSuchBucket: {
		code: "store-missing",
		message: "there is no such bucket",
		hint: "make it, or name another one: `backup.store` in belay.yml"
	},
	AccessDenied: {
		code: "store-denied",
		message: "access denied",
		hint: RIGHTS
	},
	InvalidAccessKeyId: {
		code: "store-denied",
		message: "the service does not know this access key",
		hint: CREDENTIALS
	},
	SignatureDoesNotMatch: {
		code: "store-denied",
		message: "the secret key does not belong to the access key",
		hint: CREDENTIALS
	},
	ExpiredToken: {
		code: "store-denied",
		message: "the session token has expired",
		hint: "get fresh credentials, for longer than a run takes"
	},
	CredentialsProviderError: {
		code: "store-denied",
		message: "no credentials were found",
		hint: CREDENTIALS
	},
	RequestTimeTooSkewed: {
		code: "store-clock",
		message: "this machine's clock differs too much from the service's",
		hint: "set the clock of this machine (NTP)"
	},
	PermanentRedirect: {
		code: "store-region",
		message: "the bucket is in another region",
		hint: "name its region: `backup.store.region` in belay.yml, or AWS_REGION"
	},
	QuotaExceeded: {
		code: "no-space",
		message: "the quota is used up",
		hint: "make room there (`belay prune` drops what `keep` no longer keeps), then run again"
	},
	NotImplemented: {
		code: "store-unsuitable",
		message: "the service cannot do this",
		hint: "name a store that can in `backup.store`"
	},
	SlowDown: {
		code: "store-unavailable",
		message: "the service asks to slow down",
		hint: LATER
	},
	TimeoutError: {
		code: "store-unreachable",
		message: "the service does not answer",
		hint: LATER
	},
	ECONNRESET: {
		code: "store-unreachable",
		message: "the connection broke",
		hint: LATER
	},
	ENOTFOUND: {
		code: "store-unreachable",
		message: "no host of that name is known",
		hint: "is the endpoint in `backup.store` right, and does this machine resolve names?"
	},
	ECONNREFUSED: {
		code: "store-unreachable",
		message: "the connection is refused",
		hint: "is the endpoint in `backup.store` right, and does the service run?"
	}
};
const SAME = {
	NotFound: "NoSuchKey",
	Forbidden: "AccessDenied",
	AllAccessDisabled: "AccessDenied",
	AccountProblem: "AccessDenied",
	InvalidToken: "ExpiredToken",
	ExpiredTokenException: "ExpiredToken",
	TokenRefreshRequired: "ExpiredToken",
	AuthorizationHeaderMalformed: "PermanentRedirect",
	IllegalLocationConstraintException: "PermanentRedirect",
	XMinioStorageFull: "QuotaExceeded",
	XMinioAdminBucketQuotaExceeded: "QuotaExceeded",
	EPIPE: "ECONNRESET",
	EAI_AGAIN: "ENOTFOUND",
	ETIMEDOUT: "TimeoutError",
	RequestTimeout: "TimeoutError",
	ThrottlingException: "SlowDown",
	TooManyRequests: "SlowDown"
};
function s3Failure(act, error) {
	if (error instanceof BelayError) return error;
	const { code, message, hint } = meaningOf(error);
	return failure(code, `${act}: ${message}`, {
		hint,
		cause: error
	});
}
function isRefusedByCondition(error) {
	return statusOf(error) === 412;
}
function statusOf(error) {
	const status = memberOf(memberOf(error, "$metadata"), "httpStatusCode");
	return typeof status === "number" ? status : void 0;
}
function meaningOf(error) {
	for (const name of namesOf(error)) {
		const known = MEANINGS[SAME[name] ?? name];
		if (known !== void 0) return known;
	}
	const status = statusOf(error) ?? 0;
	if (status === 403) return MEANINGS["AccessDenied"];
	if (status >= 500) return {
		code: "store-unavailable",
		message: `the service fails (${status}: ${said(error)})`,
		hint: LATER
	};
	if (status >= 300 && status < 400) return MEANINGS["PermanentRedirect"];
	if (/region is missing/i.test(messageOf(error))) return {
		code: "store-region",
		message: "no region is given",
		hint: "name it: `backup.store.region` in belay.yml, or AWS_REGION"
	};
	if (status > 0) return {
		code: "store-failed",
		message: said(error),
		hint: "look at what the service says, then run again"
	};
	if (/certificate|self-signed|ssl|tls/i.test(messageOf(error))) return {
		code: "store-unreachable",
		message: `the service cannot be trusted (${said(error)})`,
		hint: "is the endpoint right? For a certificate of your own set NODE_EXTRA_CA_CERTS"
	};
	return {
		code: "store-unreachable",
		message: `the connection broke (${said(error)})`,
		hint: LATER
	};
}
function namesOf(error) {
	const names = [
		memberOf(error, "Code"),
		memberOf(error, "code"),
		memberOf(error, "name")
	];
	const cause = memberOf(error, "cause");
	const errors = memberOf(error, "errors");
	const inner = Array.isArray(errors) ? errors.flatMap(namesOf) : cause === void 0 ? [] : namesOf(cause);
	return [...names.filter((name) => typeof name === "string"), ...inner];
}
function said(error) {
	const [line = ""] = messageOf(error).split("\n");
	return line.slice(0, 200) || namesOf(error)[0] || "no reason given";
}
function memberOf(value, name) {
	return typeof value === "object" && value !== null ? value[name] : void 0;
}
function act(what, { location }) {
	return `${what} the store ${location}`;
}
// src/store/s3/download.ts
async function download(bucket, name, act) {
	try {
		const first = await bucket.client.send(new import_dist_cjs.GetObjectCommand({
			Bucket: bucket.place.bucket,
			Key: name
		}));
		return Readable.from(wholeObject(bucket, name, act, first), { objectMode: false });
	} catch (error) {
		throw s3Failure(act, error);
	}
}
async function* wholeObject(bucket, name, act, first) {
	const sizeBytes = first.ContentLength ?? 0;
	let offset = 0;
	let attempt = 0;
	for (let answer = first;; answer = null) try {
		answer ??= await fromOffset(bucket, name, offset, first.ETag);
		for await (const chunk of impatient(bodyOf(answer), bucket.patience.idleMs)) {
			offset += chunk.length;
			attempt = 0;
			yield chunk;
		}
		if (offset === sizeBytes) return;
		throw Object.assign(new Error(`it ended after ${offset} of ${sizeBytes} bytes`), { code: "ECONNRESET" });
	} catch (error) {
		attempt += 1;
		if (isRefusedByCondition(error)) throw changed(act, error);
		if (attempt >= bucket.patience.attempts || offset > sizeBytes) throw s3Failure(act, error);
		await pauseBefore(attempt, bucket.patience);
	}
}
async function fromOffset({ client, place }, name, offset, etag) {
	const command = new import_dist_cjs.GetObjectCommand({
		Bucket: place.bucket,
		Key: name,
		Range: `bytes=${offset}-`,
		IfMatch: etag
	});
	const answer = await client.send(command);
	if (answer.ContentRange?.startsWith(`bytes ${offset}-`) === true || offset === 0) return answer;
	bodyOf(answer).destroy();
	throw new Error("the service does not give a part of an object");
}
function bodyOf({ Body: body }) {
	if (body instanceof Readable) return body;
	throw new Error("the service gave an answer without content");
}
async function* impatient(body, idleMs) {
	const iterator = body[Symbol.asyncIterator]();
	try {
		for (;;) {
			const timer = setTimeout(() => body.destroy(Object.assign(new Error("nothing comes any more"), { name: "TimeoutError" })), idleMs);
			try {
				const next = await iterator.next();
				if (next.done === true) return;
				clearTimeout(timer);
				yield next.value;
			} finally {
				clearTimeout(timer);
			}
		}
	} finally {
		body.destroy();
	}
}
function changed(act, cause) {
	return failure("store-changed", `${act}: it was replaced by another one meanwhile`, {
		hint: "somebody else writes to this store; give Belay a prefix of its own, then run again",
		cause
	});
}
// src/store/s3/place.ts
function s3Place(location) {
	const [, bucket = "", path = ""] = /^s3:\/\/([^/?#]+)\/*(.*)$/.exec(location) ?? [];
	if (bucket === "") throw usageError("bad-store", `${location} names no bucket`, { hint: "write s3://BUCKET/PREFIX" });
	const prefix = path.replace(/\/+$/, "");
	return {
		bucket,
		prefix: prefix === "" ? "" : `${prefix}/`,
		location: `s3://${bucket}${prefix === "" ? "" : `/${prefix}`}`
	};
}
function objectName({ prefix }, key) {
	if (key === "" || key.split("/").some((part) => part === "" || part === "." || part === "..")) throw failure("store-key", `the name ${JSON.stringify(key)} leads out of the store`);
	return prefix + key;
}
function keyOf({ prefix }, name) {
	return name.slice(prefix.length);
}
// src/store/s3/objects.ts
const REMOVED_AT_ONCE = 8;
async function* listObjects({ client, place }, folder) {
	let token;
	do {
		const answer = await client.send(new import_dist_cjs.ListObjectsV2Command({
			Bucket: place.bucket,
			Prefix: below(place, folder),
			...token === void 0 ? {} : { ContinuationToken: token }
		}));
		for (const { Key: name = "", Size: sizeBytes = 0 } of answer.Contents ?? []) yield {
			key: keyOf(place, name),
			sizeBytes
		};
		token = answer.IsTruncated === true ? answer.NextContinuationToken : void 0;
	} while (token !== void 0);
}
async function removeObjects(bucket, key) {
	const { client, place } = bucket;
	const keys = [key];
	for await (const entry of listObjects(bucket, key)) keys.push(entry.key);
	for (let at = 0; at < keys.length; at += REMOVED_AT_ONCE) {
		const some = keys.slice(at, at + REMOVED_AT_ONCE).map((each) => new import_dist_cjs.DeleteObjectCommand({
			Bucket: place.bucket,
			Key: objectName(place, each)
		}));
		await Promise.all(some.map((command) => client.send(command)));
	}
}
async function abortUploads({ client, place }, folder) {
	try {
		let marker = {};
		while (marker !== void 0) {
			const answer = await client.send(new import_dist_cjs.ListMultipartUploadsCommand({
				Bucket: place.bucket,
				Prefix: below(place, folder),
				...marker
			}));
			for (const { Key, UploadId } of answer.Uploads ?? []) await client.send(new import_dist_cjs.AbortMultipartUploadCommand({
				Bucket: place.bucket,
				Key,
				UploadId
			}));
			marker = answer.IsTruncated === true ? {
				KeyMarker: answer.NextKeyMarker,
				UploadIdMarker: answer.NextUploadIdMarker
			} : void 0;
		}
	} catch (error) {
		if (![
			403,
			404,
			405,
			501
		].includes(statusOf(error) ?? 0)) throw error;
	}
}
function below(place, folder) {
	return folder === "" ? place.prefix : `${objectName(place, folder)}/`;
}
// src/store/s3/log.ts
const DIGITS = 8;
const LINE = new RegExp(`^(.+)/(\\d{${DIGITS}})$`, "s");
const READ_AT_ONCE = 16;
function logOf(key) {
	return LINE.exec(key)?.[1] ?? null;
}
var Logs = class {
	#bucket;
	#lengths = new Map();
	#inDoubt = new Map();
	#conditionsHold = false;
	constructor(bucket) {
		this.#bucket = bucket;
	}
	async append(log, line) {
		const what = act(`writing the journal ${log} in`, this.#bucket.place);
		const doubtful = this.#inDoubt.get(log);
		try {
			const number = doubtful?.number ?? (this.#lengths.get(log) ?? (await this.#numbers(log)).length) + 1;
			const lines = doubtful?.lines ?? [];
			this.#inDoubt.set(log, {
				number,
				lines: [...lines, line]
			});
			const name = this.#name(log, number);
			await this.#put(name, line, lines, what);
			if (!this.#conditionsHold) await this.#tryConditions(name, line, what);
			this.#lengths.set(log, number);
			this.#inDoubt.delete(log);
		} catch (error) {
			throw s3Failure(what, error);
		}
	}
	async lines(log) {
		try {
			const names = (await this.#numbers(log)).map((number) => this.#name(log, number));
			const lines = [];
			for (let at = 0; at < names.length; at += READ_AT_ONCE) {
				const some = await Promise.all(names.slice(at, at + READ_AT_ONCE).map((name) => this.#read(name)));
				lines.push(...some.map(({ line }) => line));
			}
			return lines;
		} catch (error) {
			throw s3Failure(act(`reading the journal ${log} from`, this.#bucket.place), error);
		}
	}
	async #numbers(log) {
		const numbers = [];
		for await (const { key } of listObjects(this.#bucket, log)) {
			const [, of, digits] = LINE.exec(key) ?? [];
			if (of === log) numbers.push(Number(digits));
		}
		numbers.sort((a, b) => a - b);
		const missing = numbers.findIndex((number, index) => number !== index + 1);
		if (missing < 0) return numbers;
		throw failure("journal-damaged", `the journal ${log} in the store ${this.#bucket.place.location} lacks line ${missing + 1}`, { hint: "compare the database with its newest backup (`belay backups`), then restore or keep it; Belay does not guess" });
	}
	async #put(name, line, inDoubt, what) {
		for (let attempt = 1;; attempt += 1) try {
			await this.#send(name, line, { IfNoneMatch: "*" });
			return;
		} catch (error) {
			if (isRefusedByCondition(error)) return this.#settle(name, line, inDoubt, what);
			if (statusOf(error) !== 409 || attempt >= this.#bucket.patience.attempts) throw error;
			await pauseBefore(attempt, this.#bucket.patience);
		}
	}
	async #settle(name, line, inDoubt, what) {
		const there = await this.#read(name);
		if (there.line === line) return;
		if (inDoubt.includes(there.line)) return this.#send(name, line, { IfMatch: there.etag });
		throw failure("lock-lost", `${what}: somebody else has written line ${name.slice(-8)} of it`, { hint: "another run works on this target; this one has stopped. Look at `belay runs`, then run again" });
	}
	async #tryConditions(name, line, what) {
		try {
			await this.#send(name, line, { IfNoneMatch: "*" });
		} catch (error) {
			if (!isRefusedByCondition(error) && statusOf(error) !== 409) throw error;
			this.#conditionsHold = true;
			return;
		}
		await removeObjects(this.#bucket, keyOf(this.#bucket.place, name));
		throw failure("store-unsuitable", `${what}: the service ignores If-None-Match, so that two runs could overwrite each other's journal`, { hint: "name a store whose service knows conditional writes in `backup.store` (Amazon S3, MinIO, Ceph, R2 do), or update this one" });
	}
	async #send(name, line, condition) {
		const { client, place } = this.#bucket;
		await client.send(new import_dist_cjs.PutObjectCommand({
			Bucket: place.bucket,
			Key: name,
			Body: Buffer.from(line),
			...condition
		}));
	}
	async #read(name) {
		const { client, place } = this.#bucket;
		const { Body: body, ETag: etag } = await client.send(new import_dist_cjs.GetObjectCommand({
			Bucket: place.bucket,
			Key: name
		}));
		return {
			line: await body?.transformToString("utf8") ?? "",
			etag
		};
	}
	#name(log, number) {
		return objectName(this.#bucket.place, `${log}/${String(number).padStart(DIGITS, "0")}`);
	}
};
// src/store/s3/upload.ts
const PARTS_AT_ONCE = 3;
const PARTS_PLANNED = 8e3;
const PARTS_ALLOWED = 1e4;
async function upload(bucket, name, content, sizeBytes = 0) {
	const measure = new Measure();
	const partBytes = Math.max(bucket.partBytes, Math.ceil(sizeBytes / PARTS_PLANNED / (1 << 20)) * (1 << 20));
	const parts = partsOf(content, measure, partBytes);
	const first = await parts.next();
	if (first.done === true) throw new Error("there is always a last part");
	if (first.value.last) await bucket.client.send(new import_dist_cjs.PutObjectCommand({
		...objectOf(bucket, name),
		Body: first.value.bytes
	}));
	else await uploadParts(bucket, name, first.value, parts, partBytes);
	return measure.end();
}
function objectOf({ place }, name) {
	return {
		Bucket: place.bucket,
		Key: name
	};
}
async function uploadParts(bucket, name, first, rest, partBytes) {
	const object = objectOf(bucket, name);
	const mark = randomUUID();
	const created = await bucket.client.send(new import_dist_cjs.CreateMultipartUploadCommand({
		...object,
		ChecksumAlgorithm: "CRC32",
		Metadata: { "belay-upload": mark }
	}));
	const uploading = {
		...object,
		UploadId: created.UploadId
	};
	try {
		await complete(bucket, uploading, await sendAll(bucket, uploading, first, rest, partBytes), mark);
	} catch (error) {
		await abort(bucket, uploading);
		throw error;
	}
}
async function sendAll(bucket, uploading, first, rest, partBytes) {
	const sent = [];
	const underWay = new Set();
	const failures = [];
	const send = async (part, number) => {
		try {
			sent.push(await sendPart(bucket, uploading, part.bytes, number));
		} catch (error) {
			failures.push(error);
		}
	};
	const begin = (part, number) => {
		const sending = send(part, number).finally(() => underWay.delete(sending));
		underWay.add(sending);
	};
	try {
		let number = 1;
		begin(first, number);
		for await (const part of rest) {
			if (failures.length > 0) break;
			if (++number > PARTS_ALLOWED) throw tooLarge(uploading.Key, partBytes);
			if (underWay.size >= PARTS_AT_ONCE) await Promise.race(underWay);
			begin(part, number);
		}
	} finally {
		await Promise.all(underWay);
	}
	if (failures.length > 0) throw failures[0];
	return sent.sort((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
}
async function sendPart({ client }, uploading, bytes, number) {
	const { ETag, ChecksumCRC32 } = await client.send(new import_dist_cjs.UploadPartCommand({
		...uploading,
		PartNumber: number,
		Body: bytes,
		ChecksumAlgorithm: "CRC32"
	}));
	return {
		PartNumber: number,
		ETag,
		...ChecksumCRC32 === void 0 ? {} : { ChecksumCRC32 }
	};
}
async function complete({ client }, uploading, parts, mark) {
	try {
		await client.send(new import_dist_cjs.CompleteMultipartUploadCommand({
			...uploading,
			MultipartUpload: { Parts: [...parts] }
		}));
	} catch (error) {
		const { Bucket, Key } = uploading;
		if ((await client.send(new import_dist_cjs.HeadObjectCommand({
			Bucket,
			Key
		})).catch(() => null))?.Metadata?.["belay-upload"] !== mark) throw error;
	}
}
async function abort({ client }, uploading) {
	await client.send(new import_dist_cjs.AbortMultipartUploadCommand({ ...uploading })).catch(() => void 0);
}
async function* partsOf(content, measure, size) {
	let chunks = [];
	let held = 0;
	for await (let chunk of content) {
		measure.add(chunk);
		while (chunk.length > 0) {
			if (held === size) {
				yield {
					bytes: Buffer.concat(chunks),
					last: false
				};
				[chunks, held] = [[], 0];
			}
			const taken = chunk.subarray(0, size - held);
			chunks.push(taken);
			held += taken.length;
			chunk = chunk.subarray(taken.length);
		}
	}
	yield {
		bytes: Buffer.concat(chunks),
		last: true
	};
}
function tooLarge(name, partBytes) {
	return failure("store-too-large", `writing ${name}: it is larger than ${Math.round(partBytes * PARTS_ALLOWED / 1e9)} GB`, { hint: "an object of S3 has 10,000 parts at most; name a directory in `backup.store`" });
}
// src/store/s3/s3.ts
function s3Store(location, options) {
	const place = s3Place(location);
	const bucket = openBucket(place, options);
	const logs = new Logs(bucket);
	const read = (key) => download(bucket, objectName(place, key), act(`reading ${key} from`, place));
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
			const entries = new Map();
			try {
				for await (const entry of listObjects(bucket, prefix)) {
					const key = logOf(entry.key) ?? entry.key;
					entries.set(key, {
						key,
						sizeBytes: (entries.get(key)?.sizeBytes ?? 0) + entry.sizeBytes
					});
				}
			} catch (error) {
				throw s3Failure(act(`listing ${prefix} in`, place), error);
			}
			return [...entries.values()].sort((a, b) => a.key < b.key ? -1 : 1);
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
		}
	};
}
var Watched = class {
	#content;
	failed = false;
	error;
	constructor(content) {
		this.#content = content;
	}
	async *chunks() {
		try {
			for await (const chunk of this.#content) yield chunk;
		} catch (error) {
			this.failed = true;
			this.error = error;
			throw error;
		}
	}
};
export { s3Store };
