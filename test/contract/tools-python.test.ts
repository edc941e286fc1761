import { pythonSite } from "../support/tools/python-site.ts";
import { ALEMBIC, DJANGO, FLASK } from "../support/tools/python-tools.ts";
import { programToolContract } from "./program-tools.ts";

programToolContract("Alembic", async () => pythonSite(ALEMBIC));
programToolContract("Flask-Migrate", async () => pythonSite(FLASK));
programToolContract("Django", async () => pythonSite(DJANGO));
