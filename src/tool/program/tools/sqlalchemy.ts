import type { Address } from "../definition.ts";

/** `sqlite:///PATH`, of an absolute path with a fourth slash; `postgres:` is a name that SQLAlchemy has given up. */
export function sqlalchemyUrl({ engine, address }: Address): string {
  return engine === "sqlite" ? `sqlite:///${address}` : address.replace(/^postgres:/, "postgresql:");
}
