import { sqliteFixture } from "../support/sqlite-target.ts";
import { engineContract } from "./engine.ts";

engineContract("SQLite in WAL mode", () => sqliteFixture("wal"));
engineContract("SQLite in rollback-journal mode", () => sqliteFixture("delete"));
