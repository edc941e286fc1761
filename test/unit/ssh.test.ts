import { describe, expect, test } from "vitest";

import { namedVariables } from "../../src/config/named-variables.ts";
import { destinationOf } from "../../src/ssh/destination.ts";
import { notConnected } from "../../src/ssh/failures.ts";
import { lineReader, toLine } from "../../src/ssh/protocol.ts";

describe("a destination", () => {
  test.for([
    ["deploy@app.example.com", { user: "deploy", host: "app.example.com", port: 22 }],
    ["deploy@app.example.com:2222", { user: "deploy", host: "app.example.com", port: 2222 }],
    ["ssh://deploy@10.0.0.1:22/", { user: "deploy", host: "10.0.0.1", port: 22 }],
    ["d.e-p_1@[2001:db8::1]:2222", { user: "d.e-p_1", host: "2001:db8::1", port: 2222 }],
  ] as const)("is read from %s", ([text, read]) => {
    expect(destinationOf(text)).toEqual(read);
  });

  test.for([
    "",
    "host",
    "-oProxyCommand=x@host",
    "user@-oProxyCommand=x",
    "user@host -v",
    "user@host;id",
    "user@$(id)",
    "user@host:",
    "user@host:0",
    "user@host:65536",
    "user@2001:db8::1",
    "ssh://user@host/path",
    "user@host\nx",
    "http://user@host",
  ])("is none that ssh or a shell could take for something else: %j", (text) => {
    expect(destinationOf(text)).toBeNull();
  });
});

describe("the conversation", () => {
  test("finds its messages among what a login shell prints, however the bytes are cut", () => {
    const message = { type: "hide", secrets: ["a\nb", "ü"] } as const;
    const text = `Welcome!\n${toLine(message)}last login: today\n${toLine({ type: "gone" })}no end of line`;
    for (const size of [1, 2, 7, text.length]) {
      const [messages, others]: [unknown[], string[]] = [[], []];
      const reader = lineReader({ message: (each) => messages.push(each), other: (line) => others.push(line) });
      for (let at = 0; at < text.length; at += size) reader.add(text.slice(at, at + size));
      reader.end();
      expect(messages).toEqual([message, { type: "gone" }]);
      expect(others).toEqual(["Welcome!", "last login: today", "no end of line"]);
    }
  });

  test("tells a failure by what ssh said of it", () => {
    const to = { user: "deploy", host: "app", port: 2222 };
    const codeOf = (words: string, status = 255) => notConnected(to, { status, words }).code;
    expect(codeOf("Host key verification failed.")).toBe("ssh-host-key");
    expect(codeOf("No ED25519 host key is known for app and you have requested strict checking.")).toBe("ssh-host-key");
    expect(codeOf("deploy@app: Permission denied (publickey).")).toBe("ssh-denied");
    expect(codeOf('Load key "/x/key": error in libcrypto\ndeploy@app: Permission denied (publickey).')).toBe("ssh-key-unreadable");
    expect(codeOf("ssh: Could not resolve hostname app: Name or service not known")).toBe("ssh-unreachable");
    expect(codeOf("", 127)).toBe("ssh-without-belay");
    expect(codeOf("", 1)).toBe("ssh-failed");
    expect(notConnected(to, { status: 255, words: "Host key verification failed." }).hint).toContain("[app]:2222");
  });
});

describe("the variables of an environment", () => {
  const text = `
defaults:
  backup: { store: "s3://\${BUCKET}/x" }
environments:
  prod:
    target: "\${PROD_URL}"
    migrate: { tool: flask, env: [SECRET_KEY] }
    app: { stop: "echo \${NOT_OURS}" }
  staging:
    approvals: { by: environment }
`;

  test("are those that it and the defaults name, those of its tool, and no other environment's", () => {
    expect(namedVariables(text, "prod")).toEqual({
      bot: null,
      environment: "prod",
      names: expect.toSatisfy((names: string[]) => names.toSorted().join() === "BUCKET,PROD_URL,SECRET_KEY"),
      hasApprovals: false,
    });
  });

  test("hold the one that stands for a target that nobody wrote, and say that there are approvals", () => {
    expect(namedVariables(text, "staging")).toMatchObject({ hasApprovals: true, names: ["BUCKET", "DATABASE_URL"] });
  });

  test("are not known where nobody says of which environment, or the file is none", () => {
    expect([namedVariables(text, null), namedVariables(text, "nowhere"), namedVariables("a: [", "prod"), namedVariables("", null)]).toEqual(
      [null, null, null, null],
    );
  });
});
