/** What runs and whether it is healthy, on every tier: the other folders of `deploy/` and the command's verbs take it from here. */
export { checkOutcome, type OutcomeOptions } from "./outcome";
export { type AwaitArgs, awaitHealthy, type Clock, type Outcome, systemClock } from "./await-healthy";
export { Aws, type AwsPlace } from "./aws";
export { type AskedService, type Deployed, readDeployed, type Target, type TargetOn } from "./deployed";
export {
  type ContainerLog,
  type EntryHealth,
  isAsAsked,
  type Running,
  type RunningImage,
  runningDigests,
  type ServiceStatus,
  type State,
  type StatusEvent,
  type Wanted,
} from "./model";
export { Refusal, type RefusalKind } from "./refusal";
export { openDeployment, type OpenDeployment } from "./open";
export { renderStatus } from "./render";
export { type StatusArgs, statusOf } from "./status";
