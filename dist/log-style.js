import { y as styleFor } from "./page.js";
// src/workflow/log-style.ts
const LOG_STYLE = styleFor(true, { LANG: "C.UTF-8" }, {
	isTerminal: false,
	columns: void 0
});
export { LOG_STYLE as t };
