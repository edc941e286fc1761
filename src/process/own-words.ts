/** Arguments with which Belay starts Belay; no command of a person's. */

/** The single executable starts itself as the process that hosts SQLite. */
export const HOST_WORD = "sqlite-host";

/** A job starts Belay on a server to talk to it; a directory may follow, and then it works nowhere else. */
export const SESSION_WORD = "ssh-session";

/** Variables that decide where the executable unpacks SQLite. */
export const UNPACK_VARIABLES: readonly string[] = ["BELAY_UNPACK_DIR", "XDG_RUNTIME_DIR", "HOME"];
