export { r as defaults } from "./npm-actions-github.js";
