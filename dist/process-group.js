export { t as endGroup } from "./process-group2.js";
