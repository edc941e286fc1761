export { n as rollback } from "./rollback2.js";
