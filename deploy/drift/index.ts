/** What has been changed in the cloud behind Pulumi's back. */
export { driftOf } from "./drift";
export type { Drift, DriftedProperty } from "./find";
export { type DriftReport, renderDrift } from "./report";
