import { DBMATE, DRIZZLE, KNEX, SQITCH } from "../support/tools/program-projects.ts";
import { productionSite } from "../support/tools/tool-project.ts";
import { programToolContract } from "./program-tools.ts";

programToolContract("dbmate on SQLite", () => productionSite(DBMATE, "sqlite"));
programToolContract("Drizzle on SQLite", () => productionSite(DRIZZLE, "sqlite"));
programToolContract("Knex on SQLite", () => productionSite(KNEX, "sqlite"));

programToolContract("Sqitch on SQLite", () => productionSite(SQITCH, "sqlite"));
