/** What lies in the folder that an executable is assembled from. */
export const CHUNKS = "chunks";
export const BINARIES = "prebuilds";
export const LOADER = "loader.cjs";
export const CACHE_WRITER = "code-cache.cjs";
export const NOTICES = "THIRD-PARTY-NOTICES.txt";
