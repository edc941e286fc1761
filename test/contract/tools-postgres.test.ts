import { DBMATE, DRIZZLE, KNEX, NODE_PG_MIGRATE, SQITCH } from "../support/tools/program-projects.ts";
import { productionSite } from "../support/tools/tool-project.ts";
import { programToolContract } from "./program-tools.ts";

programToolContract("dbmate on PostgreSQL", () => productionSite(DBMATE, "postgres"));
programToolContract("Drizzle on PostgreSQL", () => productionSite(DRIZZLE, "postgres"));
programToolContract("Knex on PostgreSQL", () => productionSite(KNEX, "postgres"));
programToolContract("node-pg-migrate", () => productionSite(NODE_PG_MIGRATE, "postgres"));
programToolContract("Sqitch on PostgreSQL", () => productionSite(SQITCH, "postgres"));
