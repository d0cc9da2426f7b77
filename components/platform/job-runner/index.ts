export { JobRunner } from "./job-runner";
export { LAMBDA_SECONDS, RUN_SECONDS } from "./limits";
