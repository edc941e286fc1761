/** What the parts of the single executable have to agree on. */

/** The argument with which the executable starts itself as the process that hosts SQLite. */
export const HOST_WORD = "sqlite-host";

/** Variables that decide where the executable unpacks SQLite. */
export const UNPACK_VARIABLES: readonly string[] = ["BELAY_UNPACK_DIR", "XDG_RUNTIME_DIR", "HOME"];
