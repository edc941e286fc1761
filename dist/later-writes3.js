export { n as lookAtWrites } from "./later-writes2.js";
