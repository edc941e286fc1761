export { x as gate } from "./looking.js";
