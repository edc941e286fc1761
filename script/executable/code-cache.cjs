"use strict";
// Run by the very Node that becomes the executable: what it has compiled of each chunk, so that it need not do it at every start.
// Arguments: the folder of the chunks; beside each `x.js` it writes `x.js.cache`.
const { readdirSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { Script } = require("node:vm");

const folder = process.argv[2];
for (const name of readdirSync(folder).filter((each) => each.endsWith(".js"))) {
  const script = new Script(readFileSync(join(folder, name), "utf8"), { filename: `./${name}` });
  script.runInThisContext();
  writeFileSync(join(folder, `${name}.cache`), script.createCachedData());
}
