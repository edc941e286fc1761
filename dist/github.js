export { t as getOctokit } from "./npm-actions-github.js";
