import { postgresFixture } from "../support/postgres/target.ts";
import { engineContract } from "./engine.ts";

engineContract("PostgreSQL 15 as a superuser", () => postgresFixture(15, "superuser"));
engineContract("PostgreSQL 15 as the database's owner", () => postgresFixture(15, "owner"));
engineContract("PostgreSQL 18 as a superuser", () => postgresFixture(18, "superuser"));
engineContract("PostgreSQL 18 as the database's owner", () => postgresFixture(18, "owner"));
