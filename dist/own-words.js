// src/process/own-words.ts
const HOST_WORD = "sqlite-host";
const SESSION_WORD = "ssh-session";
const UNPACK_VARIABLES = [
	"BELAY_UNPACK_DIR",
	"XDG_RUNTIME_DIR",
	"HOME"
];
export { SESSION_WORD as n, UNPACK_VARIABLES as r, HOST_WORD as t };
