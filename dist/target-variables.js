export { t as targetVariables } from "./target-variables2.js";
