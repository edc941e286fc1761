export { t as openView, n as schemasIn } from "./read-view2.js";
