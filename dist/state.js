// src/domain/state.ts
function unfinished(row) {
	return row !== void 0 && row.phase !== "ended";
}
export { unfinished as t };
