export { t as perform } from "./looking.js";
