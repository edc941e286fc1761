export { t as LOCK_APPLICATION, n as TargetLock, r as probeLock } from "./lock.js";
