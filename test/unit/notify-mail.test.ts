import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";

import { deliver } from "../../src/notify/deliver.ts";
import { mailReceiver } from "../../src/notify/mail.ts";
import { mailServer } from "../support/mail-server.ts";
import { messageOf } from "../support/messages.ts";

const TO = { to: ["customer@example.com", "Ops <ops@example.com>"], from: "Support <support@example.com>", template: null };
const LOGIN = "belay:pa%40ss@";

/** `any`: the server's certificate is taken as it is. */
function receiver(port: number, { login = "", host = "127.0.0.1", any = true, subject = "{{summary}}" } = {}) {
  return mailReceiver({ ...TO, subject, smtp: `smtp://${login}${host}:${port}${any ? "?tls.rejectUnauthorized=false" : ""}` });
}

describe("a mail", () => {
  test("goes to everybody on the list, over TLS, as text and as a page in which nothing is markup", async () => {
    await using server = await mailServer();
    const message = messageOf({ summary: "prod: é <b>done</b>", reasons: "line one\nline two" });
    expect(await deliver(receiver(server.port, { login: LOGIN }), message, 10_000)).toBeNull();
    expect(server.logins).toEqual([{ password: "pa@ss", secure: true }]);
    const [mail] = server.mails;
    expect(mail?.to).toEqual(["customer@example.com", "ops@example.com"]);
    expect(mail?.source).toMatch(/^From: Support <support@example\.com>\r$/m);
    expect(mail?.source).toMatch(/^Message-ID: <01JD-end-7@belay\.invalid>\r$/m);
    const source = mail?.source.replace(/=\r\n/g, "") ?? "";
    expect(source).toContain("prod: =C3=A9 <b>done</b>\r\nline one\r\nline two");
    expect(source).toContain('<div style=3D"white-space: pre-wrap">prod: =C3=A9 &lt;b&gt;done&lt;/b&gt;');
  });

  test("has a subject of one line, whatever a value holds: nobody adds a header", async () => {
    await using server = await mailServer();
    const message = messageOf({ summary: "prod: x\r\nBcc: evil@example.com" });
    expect(await deliver(receiver(server.port), message, 10_000)).toBeNull();
    expect(server.mails[0]?.to).toEqual(["customer@example.com", "ops@example.com"]);
    expect(server.mails[0]?.source).toMatch(/^Subject: prod: x; Bcc: evil@example\.com\r$/m);
    const [headers] = server.mails[0]?.source.split("\r\n\r\n") ?? [];
    expect(headers).not.toMatch(/^Bcc:/m);
  });
});

describe("a mail server that", () => {
  test("does not know the password is asked once, and the password is told nobody", async () => {
    await using server = await mailServer();
    const told = await deliver(receiver(server.port, { login: "belay:hunter22@" }), messageOf(), 10_000);
    expect(told).toMatch(/^127\.0\.0\.1:\d+: Invalid login: 535 no such user here$/);
    expect(server.logins).toHaveLength(1);
    expect(told).not.toContain("hunter22");
  });

  test("offers no TLS is given no password, unless it is this machine", async () => {
    await using server = await mailServer({ disabledCommands: ["STARTTLS"], allowInsecureAuth: true });
    // leads here, and does not look like it
    const elsewhere = receiver(server.port, { login: LOGIN, host: "0.0.0.0" });
    const told = await deliver(elsewhere, messageOf(), 4_000);
    expect(told).toMatch(/STARTTLS/);
    expect(server.logins).toEqual([]);
    expect(await deliver(receiver(server.port, { login: LOGIN }), messageOf(), 10_000)).toBeNull();
    expect(server.logins).toEqual([{ password: "pa@ss", secure: false }]);
  });

  test("shows a certificate that nobody signed gets nothing", async () => {
    await using server = await mailServer();
    const told = await deliver(receiver(server.port, { login: LOGIN, any: false }), messageOf(), 1_500);
    expect(told).toMatch(/self[- ]signed certificate/);
    expect(server.logins).toEqual([]);
    expect(server.mails).toEqual([]);
  });

  test("is busy is asked again", async () => {
    let asked = 0;
    await using server = await mailServer({
      onMailFrom(_address, _session, callback) {
        asked += 1;
        callback(asked > 1 ? null : Object.assign(new Error("try again later"), { responseCode: 451 }));
      },
    });
    expect(await deliver(receiver(server.port), messageOf(), 10_000)).toBeNull();
    expect(asked).toBe(2);
    expect(server.mails).toHaveLength(1);
  });

  test("refuses a recipient says so, once", async () => {
    await using server = await mailServer({
      onRcptTo: (_address, _session, callback) => callback(Object.assign(new Error("no such mailbox"), { responseCode: 550 })),
    });
    expect(await deliver(receiver(server.port), messageOf(), 10_000)).toMatch(/550 no such mailbox/);
  });

  test("takes the connection and says nothing costs no more than the time limit", async () => {
    const silent = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const began = performance.now();
    const told = await deliver(receiver((silent.address() as AddressInfo).port), messageOf(), 800);
    expect(told).toBe("not taken within 0.8 s");
    expect(performance.now() - began).toBeLessThan(3000);
    silent.close();
  });
});
