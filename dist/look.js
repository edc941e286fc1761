export { y as listBackups, b as listRuns, x as plan, S as status } from "./looking.js";
