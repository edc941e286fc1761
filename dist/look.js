export { w as listBackups, T as listRuns, E as plan, D as status } from "./looking.js";
