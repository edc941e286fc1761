/** What the built program prints in the commands and ends that people meet most, as whole conversations. `UPDATE_GOLDEN=1` writes them. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { expectGolden } from "../golden/golden.ts";
import { APPLICATION, CLI, Project } from "../support/project.ts";
import { readable } from "../support/varying.ts";

let project: Project;
let told: string;

beforeEach(() => {
  told = "";
  project = new Project();
  project.sql("create table users (id integer primary key, email text unique); insert into users (email) values ('a'), ('b'), ('c')");
  project.migration("0001_role.sql", "alter table users add column role text;");
  configure();
});

afterEach(() => project[Symbol.dispose]());

function configure(application = APPLICATION): void {
  project.configure(
    `target: sqlite:app.db\nmigrate: sql\n${application}checks: { after: [{ name: no user lost, sql: select count(*) from users, expect: unchanged }] }`,
  );
}

/** Types a command, and writes down what came of it. */
async function type(command: string, status: number): Promise<void> {
  const { stdout, stderr, status: ended } = await project.run(...command.split(" "));
  told += `$ belay ${command}\n${stdout}${stderr === "" ? "" : `[standard error]\n${stderr}`}[exit ${ended}]\n\n`;
  expect(ended, told).toBe(status);
}

function expectConversation(name: string): void {
  expectGolden(`conversation-${name}.txt`, readable(told.replaceAll(project.directory, "/srv/app").replaceAll(CLI, "belay")));
}

describe("a conversation with the built program", () => {
  it("about a first migration", async () => {
    await type("status prod", 0);
    await type("gate prod", 6);
    await type("plan prod", 0);
    await type("migrate prod", 0);
    await type("migrate prod", 0);
    await type("migrate prod --quiet", 0);
    await type("gate prod", 0);
    await type("status prod", 0);
    await type("runs prod", 0);
    await type("verify prod", 0);
    expectConversation("first-migration");
  });

  it("about a migration that loses a row", async () => {
    project.migration("0002_bad.sql", "delete from users where id = 2;");
    await type("migrate prod", 4);
    await type("migrate prod", 3);
    await type("migrate prod --again once-more --quiet", 4);
    await type("runs prod", 0);
    expectConversation("lost-row");
  });

  it("about a migration that does not run", async () => {
    project.migration("0002_bad.sql", "alter table user add column x;");
    await type("migrate prod", 4);
    expectConversation("broken-migration");
  });

  it("about going back", async () => {
    await type("migrate prod", 0);
    project.sql("insert into users (email, role) values ('d', 'admin')");
    await type("rollback prod", 3);
    await type("rollback prod --accept-loss", 0);
    await type("rollback prod --strategy downgrade", 3);
    await type("recover prod", 0);
    expectConversation("going-back");
  });

  it("about backups", async () => {
    await type("backups prod", 0);
    await type("backup prod", 0);
    const { result } = await project.json("backups", "prod");
    await type(`restore ${result.backups?.[0]?.id ?? ""} prod --into sqlite:look.db`, 0);
    await type(`restore ${result.backups?.[0]?.id ?? ""} prod --into sqlite:look.db`, 3);
    await type(`restore ${result.backups?.[0]?.id ?? ""} prod --into sqlite:app.db --replace`, 3);
    await type("prune prod", 0);
    expectConversation("backups");
  });

  it("about judging later", async () => {
    project.migration("0002_bad.sql", "delete from users where id = 2;");
    await type("migrate prod --no-verify", 0);
    await type("verify prod", 6);
    expectConversation("judging-later");
  });

  it("about an application that does not come up again", async () => {
    configure("app: { stop: echo stopped, start: exit 3, previous: exit 4 }\n");
    await type("migrate prod", 5);
    await type("status prod", 0);
    expectConversation("application-down");
  });

  it("about what is wrong with the command line and with belay.yml", async () => {
    await type("migrat prod", 2);
    await type("migrate prd", 2);
    await type("rollback prod --run a --backup b", 2);
    await type("restore --into sqlite:x.db", 2);
    await type("rehearse prod", 2);
    project.write("belay.yml", "environments:\n  prod:\n    target: sqlite://app.db\n    chekcs: {}\n");
    await type("plan prod", 2);
    expectConversation("mistakes");
  });
});
