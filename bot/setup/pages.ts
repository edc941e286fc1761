/** What the browser shows on the way. */

import type { Reply } from "../http/reply.ts";
import type { Manifest } from "./manifest.ts";

/** `action`: where GitHub makes apps. The form is the only thing that the page can send. */
export function formPage(action: string, manifest: Manifest): Reply {
  const body = `<p>GitHub will make the app <b>${escaped(manifest.name)}</b>, whose webhooks go to <code>${escaped(manifest.hook_attributes.url)}</code>, and asks you before it does.</p>
<form action="${escaped(action)}" method="post"><input type="hidden" name="manifest" value="${escaped(JSON.stringify(manifest))}"><button>Make the app on GitHub</button></form>`;
  return page(200, "Belay's bot: its GitHub App", body, `form-action ${new URL(action).origin}`);
}

export function madePage(name: string, installUrl: string): Reply {
  const body = `<p>The app <b>${escaped(name)}</b> is made, and its secrets are where you started this.</p>
<p>Next: <a href="${escaped(installUrl)}">install it on your repository</a>, and start the bot.</p>`;
  return page(200, "The app is made", body, "form-action 'none'");
}

export function refusedPage(status: number, why: string): Reply {
  return page(status, "That did not work", `<p>${escaped(why)}</p><p><a href="/">Try again</a></p>`, "form-action 'none'");
}

function page(status: number, title: string, body: string, policy: string): Reply {
  return {
    status,
    text: `<!doctype html>\n<meta charset="utf-8"><title>${escaped(title)}</title>\n<style>body{font:1.1em/1.5 system-ui;max-width:36em;margin:4em auto;padding:0 1em}button{font:inherit;padding:.5em 1em}</style>\n<h1>${escaped(title)}</h1>\n${body}\n`,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; ${policy}`,
      "referrer-policy": "no-referrer",
    },
  };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
