import type { components } from "@octokit/openapi-types";

import type { TreeEntry } from "./git.ts";
import { type ApiRequest, found, ok, param, Refusal, route, type Route } from "./route.ts";
import { places } from "./shapes.ts";

type Schemas = components["schemas"];

const READ_CONTENTS = [["contents", "read"]] as const;

/** GitHub's: a larger file comes without its content. */
const LARGEST_FILE_BYTES = 1024 * 1024;

export const CONTENTS: readonly Route[] = [
  route("get", "/repos/{owner}/{repo}/contents/{path}", READ_CONTENTS, async (request) => {
    const ref = request.query.get("ref") ?? request.state.repository.defaultBranch;
    const sha = await request.git.resolve(ref);
    if (sha === null) throw new Refusal(404, `No commit found for the ref ${ref}`);
    const path = param(request, "path").replace(/\/$/, "");
    if (path === "") return ok(await folder(request, sha, ""));
    const [entry] = await request.git.entries(sha, { path });
    if (found(entry).type === "tree") return ok(await folder(request, sha, `${path}/`));
    return ok(await file(request, found(entry), ref));
  }),
  route("get", "/repos/{owner}/{repo}/git/trees/{tree_sha}", READ_CONTENTS, async (request) => {
    const asked = param(request, "tree_sha");
    const { api } = places(request);
    const sha = (await request.git.resolve(asked)) ?? ((await request.git.typeOf(asked)) === "tree" ? asked : null);
    const entries = await request.git.entries(found(sha), { recursive: request.query.has("recursive") });
    const tree: Schemas["git-tree"]["tree"] = entries.map(({ path, mode, type, sha: id, sizeBytes }) => ({
      path,
      mode,
      type,
      sha: id,
      ...(type === "blob" ? { size: sizeBytes } : {}),
      url: `${api}/git/${type}s/${id}`,
    }));
    const treeSha = (await request.git.typeOf(found(sha))) === "commit" ? (await request.git.commit(found(sha))).tree : found(sha);
    return ok({ sha: treeSha, url: `${api}/git/trees/${treeSha}`, truncated: false, tree });
  }),
  route("get", "/repos/{owner}/{repo}/git/blobs/{file_sha}", READ_CONTENTS, async (request) => {
    const sha = param(request, "file_sha");
    if ((await request.git.typeOf(sha)) !== "blob") throw new Refusal(404, "Not Found");
    const content = await request.git.blob(sha);
    return ok({
      sha,
      node_id: Buffer.from(`B${sha}`).toString("base64url"),
      url: `${places(request).api}/git/blobs/${sha}`,
      size: content.length,
      encoding: "base64",
      content: base64Lines(content),
    });
  }),
];

async function folder(request: ApiRequest, sha: string, path: string): Promise<Schemas["content-directory"]> {
  const entries = await request.git.entries(sha, { path });
  return entries.map((entry) => ({
    ...entryShape(request, entry, sha),
    type: entry.type === "tree" ? "dir" : entry.type === "commit" ? "submodule" : entry.mode === "120000" ? "symlink" : "file",
  }));
}

async function file(request: ApiRequest, entry: TreeEntry, ref: string): Promise<Schemas["content-file"]> {
  const shown = entry.sizeBytes <= LARGEST_FILE_BYTES;
  return {
    ...entryShape(request, entry, ref),
    type: "file",
    encoding: shown ? "base64" : "none",
    content: shown ? base64Lines(await request.git.blob(entry.sha)) : "",
  };
}

function entryShape(request: ApiRequest, { path, sha, sizeBytes, type }: TreeEntry, ref: string) {
  const { api, web } = places(request);
  const [self, git, html] = [`${api}/contents/${path}?ref=${ref}`, `${api}/git/${type}s/${sha}`, `${web}/blob/${ref}/${path}`];
  return {
    name: path.slice(path.lastIndexOf("/") + 1),
    path,
    sha,
    size: sizeBytes,
    url: self,
    git_url: git,
    html_url: html,
    download_url: type === "blob" ? `${web}/raw/${ref}/${path}` : null,
    _links: { self, git, html },
  };
}

/** GitHub breaks base64 into lines of 60 and ends it with one. */
function base64Lines(content: Buffer): string {
  return content.toString("base64").replace(/.{1,60}/g, "$&\n");
}
