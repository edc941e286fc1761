export { t as stepOfThisProcess } from "./process.js";
