export { t as django } from "./django.js";
