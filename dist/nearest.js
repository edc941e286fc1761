// src/domain/nearest.ts
function nearest(given, known) {
	const wanted = given.toLowerCase();
	let best = null;
	for (const name of known) {
		const slips = slipsBetween(wanted, name.toLowerCase());
		if (slips <= Math.floor(Math.max(wanted.length, name.length) / 3) && (best === null || slips < best.slips)) best = {
			name,
			slips
		};
	}
	return best?.name ?? null;
}
function slipsBetween(a, b) {
	const at = (row, index) => row[index] ?? 0;
	let beforeLast = [];
	let last = Array.from({ length: b.length + 1 }, (_, j) => j);
	for (let i = 1; i <= a.length; i++) {
		const row = [i];
		for (let j = 1; j <= b.length; j++) {
			const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
			let slips = Math.min(at(last, j) + 1, at(row, j - 1) + 1, replaced);
			if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) slips = Math.min(slips, at(beforeLast, j - 2) + 1);
			row.push(slips);
		}
		beforeLast = last;
		last = row;
	}
	return at(last, b.length);
}
export { nearest as t };
