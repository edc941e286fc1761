/** For engines without schemas: configuration lets no target of theirs have tenants. */
export function noTenants(): never {
  throw new Error("this engine has no schemas, and so no tenants");
}
