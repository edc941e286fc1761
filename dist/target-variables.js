export { r as sessionVariables, i as targetVariables, a as tenantVariables } from "./target-variables2.js";
