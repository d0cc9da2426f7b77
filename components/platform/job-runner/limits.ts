/** What a deployment may spend on a job. */

/** The longest that Lambda runs a function. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const LAMBDA_SECONDS = 900;
/** Seconds of them for a job's runs: the rest is for stopping one and saying why. */
export const RUN_SECONDS = 870;
