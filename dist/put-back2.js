export { n as putDataBack } from "./put-back.js";
