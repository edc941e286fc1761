#!/usr/bin/env node
// Whatever Node stands on the PATH parses this file: it keeps to a grammar that Node 10 reads and shows only a new one the rest.
const version = process.versions.node;
if (Number(version.split(".")[0]) < 24) {
  process.stderr.write(
    "Belay needs Node 24 or newer and this is Node " + version + ": put a newer one first on PATH (https://nodejs.org/en/download).\n",
  );
  process.exitCode = 2;
} else {
  void import("./belay.js");
}
