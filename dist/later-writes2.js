export { n as lookAtWrites } from "./later-writes3.js";
