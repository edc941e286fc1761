export { t as expandTenants } from "./expand-tenants2.js";
