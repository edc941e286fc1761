/** What a file of a backup is called as it lies in a store, and how a person makes it readable there. */

/** `database.sqlite`, or encrypted `database.sqlite.age`. */
export function storedName(name: string, encryption: "none" | "age"): string {
  return encryption === "age" ? `${name}.age` : name;
}

/** Command lines for the manifest that turn stored files into what the engine's own tools read; none where they lie as they are. */
export function decryptCommands(names: readonly string[], encryption: "none" | "age"): readonly string[] {
  if (encryption === "none") return [];
  return names.map((name) => `age --decrypt --identity key.txt --output ${name} ${storedName(name, encryption)}`);
}
