/** Keys of age as they are written: Bech32 with a name before it, so that a slip of the pen is found before anything depends on the key. */

const ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** Of X25519, of the hybrids that withstand quantum computers, and of keys on hardware. */
const RECIPIENTS = ["age", "age1pq", "age1tag", "age1tagpq"];
const IDENTITIES = ["age-secret-key-", "age-secret-key-pq-"];

export function isAgeRecipient(text: string): boolean {
  return text === text.toLowerCase() && RECIPIENTS.includes(nameOf(text) ?? "");
}

function isAgeIdentity(text: string): boolean {
  return text === text.toUpperCase() && IDENTITIES.includes(nameOf(text.toLowerCase()) ?? "");
}

/** The secret keys in a text as `age-keygen` writes it: one a line, between comments. null where a line is something else. */
export function ageIdentities(text: string): readonly string[] | null {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const keys = lines.filter((line) => line !== "" && !line.startsWith("#"));
  return keys.every(isAgeIdentity) ? keys : null;
}

/** What stands before the data; null where the checksum at the end is not of the rest. */
function nameOf(text: string): string | null {
  const end = text.lastIndexOf("1");
  const name = text.slice(0, end);
  const data = Array.from(text.slice(end + 1), (character) => ALPHABET.indexOf(character));
  if (end < 1 || data.length < 6 || data.includes(-1)) return null;
  const codes = Array.from(name, (character) => character.charCodeAt(0));
  const spelt = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31), ...data];
  return checksum(spelt) === 1 ? name : null;
}

function checksum(values: readonly number[]): number {
  return values.reduce((sum, value) => {
    const mixed = ((sum & 0x1ffffff) << 5) ^ value;
    return GENERATOR.reduce((all, term, bit) => (((sum >> 25) >> bit) & 1 ? all ^ term : all), mixed);
  }, 1);
}
