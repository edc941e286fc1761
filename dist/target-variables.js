export { r as sessionVariables, i as targetVariables } from "./target-variables2.js";
