export { t as migrate } from "./migrate2.js";
