/** The entry of the single executable: the command line, or the process that hosts SQLite, which is this same file. */

import { HOST_WORD } from "./process/own-words.ts";
import { commandLineOfThisProcess } from "./this-process.ts";

if (process.argv[2] === HOST_WORD && process.send !== undefined) {
  void import("./engine/sqlite/host.ts");
} else {
  void commandLineOfThisProcess().then((status) => {
    process.exitCode = status;
  });
}
