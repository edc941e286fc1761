import { DBMATE, DRIZZLE, KNEX, NODE_PG_MIGRATE, SQITCH } from "../support/tools/program-projects.ts";
import { DJANGO_ON_POSTGRES, FLASK_ON_POSTGRES } from "../support/tools/python-programs.ts";
import { productionSite } from "../support/tools/tool-project.ts";
import { programToolContract } from "./program-tools.ts";

programToolContract("dbmate on PostgreSQL", () => productionSite(DBMATE, "postgres"));
programToolContract("Django on PostgreSQL", () => productionSite(DJANGO_ON_POSTGRES, "postgres"));
programToolContract("Drizzle on PostgreSQL", () => productionSite(DRIZZLE, "postgres"));
programToolContract("Flask-Migrate on PostgreSQL", () => productionSite(FLASK_ON_POSTGRES, "postgres"));
programToolContract("Knex on PostgreSQL", () => productionSite(KNEX, "postgres"));
programToolContract("node-pg-migrate", () => productionSite(NODE_PG_MIGRATE, "postgres"));
programToolContract("Sqitch on PostgreSQL", () => productionSite(SQITCH, "postgres"));
