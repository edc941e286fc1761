export { C as listBackups, w as listRuns, T as plan, E as status } from "./looking.js";
