export { n as putDataBack } from "./put-back2.js";
