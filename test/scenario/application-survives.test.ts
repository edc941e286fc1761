import { setTimeout as pause } from "node:timers/promises";

import { describe, expect, test } from "vitest";

import { EACH_SURROUNDING } from "../support/productions.ts";
import { webApplication } from "../support/web-application.ts";

const SLOW_ONCE = "touch here; [ -e fast ] || sleep 30";

describe.each(EACH_SURROUNDING)(
  "a database %s whose run is killed while the new application is looked at",
  { timeout: 60_000 },
  (_name, start) => {
    test("stays migrated after `belay recover`, and the application that runs is not ended", async () => {
      await using production = await start();
      using web = await webApplication(production, "works");
      production.configure(
        `${production.target}migrate: sql\n${web.app}checks: { health: [{ name: slow, command: "${SLOW_ONCE}" }, { name: login, http: "${web.url}", within: 2s }] }\n`,
      );
      production.migration("0001_role.sql", "alter table users add column role text;\n");
      const running = production.start(["migrate"]);
      while (!production.exists("here")) await pause(20);
      const application = production.read("app.pid");
      running.kill("SIGKILL");
      await running.ended;
      expect((await web.ask())?.status).toBe(200);

      production.write("fast", "");
      const { status, result } = await production.json("recover");
      expect({ status, outcome: result.outcome, reasons: result.reasons }).toEqual({ status: 0, outcome: "migrated", reasons: [] });
      expect(production.applicationLog()).toEqual(["stop", "start"]);
      expect(production.read("app.pid")).toBe(application);
      expect((await web.ask())?.status).toBe(200);
      expect(production.sql("select count(role) from users")).toBe("0");
    });
  },
);
