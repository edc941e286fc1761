/**
 * How values are written as text. A fingerprint taken under other settings would be another one, so they are set before each; those that
 * every session of Belay has already are among them, because a tool's statements may have changed them since.
 */

import type { Connection } from "./connection.ts";
import { quoteLiteral } from "./identifiers.ts";

const SETTINGS: Readonly<Record<string, string>> = {
  bytea_output: "hex",
  DateStyle: "ISO, MDY",
  extra_float_digits: "3",
  IntervalStyle: "postgres",
  lc_monetary: "C",
  quote_all_identifiers: "off",
  row_security: "off",
  search_path: "",
  TimeZone: "UTC",
  xmlbinary: "base64",
  xmloption: "content",
};

/** For the rest of the session, or of the transaction where that is rolled back. */
export async function pinOutput(connection: Connection): Promise<void> {
  const settings = Object.entries(SETTINGS).map(
    ([name, value]) => `pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, false)`,
  );
  await connection.rows(`select ${settings.join(", ")}`);
}
