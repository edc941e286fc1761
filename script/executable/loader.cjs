"use strict";
// The first thing that runs in the single executable: gives each chunk of the bundle to those that ask for it, out of the executable
// itself and compiled once.
const { getAsset, getRawAsset } = require("node:sea");
const { Script } = require("node:vm");

const modules = new Map();

function chunk(id) {
  if (!id.startsWith("./")) return require(id);
  const known = modules.get(id);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  modules.set(id, module);
  const script = new Script(getAsset(id, "utf8"), { filename: id, cachedData: new Uint8Array(getRawAsset(`${id}.cache`)) });
  script.runInThisContext()(module.exports, chunk, module);
  return module.exports;
}

chunk("./executable.js");
