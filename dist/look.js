export { _ as listBackups, v as listRuns, y as plan, b as status } from "./looking.js";
