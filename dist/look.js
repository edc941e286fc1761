export { w as listBackups, T as listRuns, E as plan } from "./looking.js";
