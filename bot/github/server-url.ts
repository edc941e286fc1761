/** `https://github.com` of `https://api.github.com`; Enterprise Server's API lies below its own address. */
export function serverUrlOf(apiUrl: string): string {
  const url = new URL(apiUrl);
  return `${url.protocol}//${url.host.replace(/^api\./, "")}`;
}
