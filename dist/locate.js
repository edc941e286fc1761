export { t as atPlace, n as connectTo, r as locate, i as refuseStandby } from "./locate2.js";
