export { t as environmentHash } from "./comment.js";
