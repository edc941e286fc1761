// src/engine/postgres/identifiers.ts
function quoteIdentifier(name) {
	return `"${name.replaceAll("\"", "\"\"")}"`;
}
function quoteLiteral(text) {
	const doubled = text.replaceAll("'", "''");
	return doubled.includes("\\") ? ` E'${doubled.replaceAll("\\", "\\\\")}'` : `'${doubled}'`;
}
function qualified(schema, name) {
	return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}
export { quoteIdentifier as n, quoteLiteral as r, qualified as t };
