import { styleFor } from "../report/style.ts";

/** Plain text, as a log keeps it. */
export const LOG_STYLE = styleFor(true, { LANG: "C.UTF-8" }, { isTerminal: false, columns: undefined });
