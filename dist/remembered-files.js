export { t as RememberedFiles } from "./remembered-files2.js";
