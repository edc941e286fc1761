export { t as spawn } from "./spawn.js";
