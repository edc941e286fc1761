export { n as sweepScratchFolders } from "./scratch-folder2.js";
