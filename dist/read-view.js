export { t as openView } from "./read-view2.js";
