/** `fetch` as runners behind a proxy need it: it heeds `https_proxy` and `no_proxy`. Loaded when it is first needed. */
export async function fetchThroughProxy(): Promise<typeof fetch> {
  const { defaults } = await import("@actions/github/lib/utils");
  return defaults.request?.fetch ?? fetch;
}
