export { k as gate } from "./looking.js";
