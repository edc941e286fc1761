export { t as comment, n as findPullRequest, r as gitHubOf, i as noteDeployed } from "./github2.js";
