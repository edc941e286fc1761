import "./rolldown-runtime.js";
import { n as Encrypter, t as Decrypter } from "./npm-age-encryption.js";
import "./looking.js";
// src/store/age/header.ts
const EMPTY_PAYLOAD_BYTES = 32;
const LARGEST_BYTES = 1 << 20;
async function sealNewKey(recipients) {
	let fileKey;
	const encrypter = new Encrypter();
	for (const recipient of recipients) encrypter.addRecipient(recipient);
	encrypter.addRecipient({ wrapFileKey: (key) => {
		fileKey = key.slice();
		return [];
	} });
	const empty = await encrypter.encrypt(new Uint8Array(0));
	if (fileKey === void 0) throw new Error("the age library asked no recipient");
	return {
		header: Buffer.from(empty.subarray(0, empty.length - EMPTY_PAYLOAD_BYTES)),
		fileKey
	};
}
async function openHeader(header, identities) {
	const decrypter = new Decrypter();
	for (const identity of identities) decrypter.addIdentity(identity);
	try {
		return await decrypter.decryptHeader(header);
	} catch (error) {
		if (error instanceof Error && error.message.startsWith("no identity matched")) return null;
		throw error;
	}
}
function headerEnd(bytes) {
	const last = bytes.indexOf("\n--- ");
	const end = last < 0 ? -1 : bytes.indexOf("\n", last + 1);
	if (end >= 0) return end + 1;
	if (bytes.length > LARGEST_BYTES) throw new Error("its header has no end");
	return null;
}
export { headerEnd, openHeader, sealNewKey };
