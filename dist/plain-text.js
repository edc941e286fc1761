// src/tool/program/plain-text.ts
const SEQUENCES = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)|[@-Z\\-_])/g;
function plainText(printed) {
	return printed.split(/\r?\n/).map((line) => lastDrawing(line)).join("\n");
}
function plainLines(printed) {
	return plainText(printed).split("\n");
}
const REDRAWN = /\u001B\[2K(?:\u001B\[1G)?|\r|\u001B\[1G/;
function lastDrawing(line) {
	return (line.split(REDRAWN).findLast((drawing) => drawing.replace(SEQUENCES, "") !== "") ?? "").replace(SEQUENCES, "");
}
export { plainText as n, plainLines as t };
