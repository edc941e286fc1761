export { w as gate } from "./looking.js";
