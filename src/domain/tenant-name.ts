/** Why a schema cannot be a tenant, as part of a sentence; null: it can. */
export function badTenant(schema: string): string | null {
  if (schema === "") return "is no name";
  if (schema.includes("\0")) return "holds a zero byte, which no name does";
  if (Buffer.byteLength(schema) > 63) return "is longer than the 63 bytes of a schema's name";
  if (schema.startsWith("pg_") || schema === "information_schema") return "is a schema of PostgreSQL itself";
  if (schema === STATE) return "is the schema in which Belay keeps its state";
  return isBelays(schema) ? "is a schema that Belay moved aside" : null;
}

const STATE = "belay";

/** What Belay itself has put into the database: a query for all schemas finds it, too, and it is nobody's tenant. */
export function isBelays(schema: string): boolean {
  return schema === STATE || /_belay_f_[0-9A-Z]{10}$/.test(schema);
}
