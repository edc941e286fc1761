#!/usr/bin/env node
/** The entry of the command line: gives it this process and sets the exit status. */

import { commandLineOfThisProcess } from "./this-process.ts";

const OLDEST_NODE = 24;

if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
  process.stderr.write(`Belay needs Node ${OLDEST_NODE} or newer, and this is Node ${process.versions.node}.\n`);
  process.exitCode = 2;
} else {
  process.exitCode = await commandLineOfThisProcess();
}
