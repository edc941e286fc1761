// src/process/describe-command.ts
function describeCommand(command) {
	return ("shell" in command ? command.shell : command.argv.map((word) => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`).join(" ")).trim().replace(/\s*\n\s*/g, "; ");
}
export { describeCommand as t };
