/** Conditions on the transaction that wrote a row, whose number every row carries. */

/** Below them the server counts nothing: rows that carry these were there from the start, or were frozen by a server before 9.4. */
const FIRST = 3n;

/** A list is looked up as a whole since 14, and compared one by one before. */
const HASHING = 140_000;
const MOST_LISTED = 1_000n;
const FEW = 8n;

/**
 * A condition: the row was written by the transaction with this number or a later one. `now`: the next number in the snapshot that the
 * rows are read in, so that none of them can carry that or a later one. Where few have passed they are listed, which the server's workers
 * share and which costs next to nothing; asking for the age of a row can only be done by one of them.
 */
export function writtenSince(number: bigint, now: bigint, serverVersion: number): string {
  const passed = now - number;
  if (passed > (serverVersion >= HASHING ? MOST_LISTED : FEW)) return `pg_catalog.age(xmin) between 0 and pg_catalog.age(${xid(number)})`;
  const numbers = Array.from({ length: Math.max(0, Number(passed)) }, (_, index) => carried(number + BigInt(index)));
  const listed = numbers.filter((each) => each >= FIRST);
  return listed.length === 0 ? "false" : `xmin = any ('{${listed.join(",")}}'::pg_catalog.xid[])`;
}

/** A transaction's number as a literal. */
export function xid(number: bigint): string {
  return `'${carried(number)}'::pg_catalog.xid`;
}

/** The last 32 bits. */
function carried(number: bigint): bigint {
  return BigInt.asUintN(32, number);
}
