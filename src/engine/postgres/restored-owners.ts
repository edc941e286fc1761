/** Whether things can be given to their owners again by a role that is no superuser. */

import type { Row } from "./connection.ts";

/** Who restores, as far as it concerns owners. */
export interface OwnersRestorer {
  readonly role: string;
  readonly superuser: boolean;
  /** 150018, of the server that is restored to. */
  readonly serverVersion: number;
  /** Every role of the server; true: the restorer may act as it. */
  readonly roles: ReadonlyMap<string, boolean>;
  /** The database that is restored into is of the same owner as the one that was backed up. */
  readonly keepsOwner: boolean;
}

interface OwnerLack {
  readonly why: string;
  readonly fix: string;
}

/**
 * Whoever gets a thing has to have the right to create such things where it lies, and in a dump grants come last. Columns: thing, owner, a
 * schema with things of theirs in which only a grant lets them create, one that is the database owner's. null: nothing speaks against it.
 */
export function ownerLack([thing, ownerName, granted, ofDatabase]: Row, restorer: OwnersRestorer): OwnerLack | null {
  const { role, superuser, roles, serverVersion, keepsOwner } = restorer;
  const owner = String(ownerName);
  const orAccept = `accept that everything restored belongs to ${role}: \`backup.may-lack: [owners]\``;
  const actsAs = roles.get(owner);
  if (actsAs === undefined) return { why: `the server has no role ${owner}`, fix: `create the role ${owner} there, or ${orAccept}` };
  if (superuser) return null;
  if (!actsAs) return { why: `the role ${role} is no member of ${owner}`, fix: `grant ${owner} to ${role}, or ${orAccept}` };
  // everybody may create in the schema public of older servers
  const closed = (schema: string | null | undefined) => typeof schema === "string" && !(schema === "public" && serverVersion < 150_000);
  if (closed(granted))
    return {
      why: `${owner} may create in the schema ${granted} by a grant only, and a restore makes what is ${owner}'s before it grants anything`,
      fix: `give ${thing} and what else is ${owner}'s there to the owner of the schema, or ${orAccept}`,
    };
  if (closed(ofDatabase) && !keepsOwner && owner !== role)
    return {
      why: `the role ${role} has not the rights of the database's owner, and ${owner} may not create in the schema ${ofDatabase} of a database of ${role}'s`,
      fix: `let a role restore that has the rights of the database's owner, as a member that inherits them; or ${orAccept}`,
    };
  return null;
}
