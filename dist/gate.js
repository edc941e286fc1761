export { O as gate } from "./looking.js";
