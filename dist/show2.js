export { t as isTold, n as showResult, r as showUsageError } from "./show.js";
