/** What drives Pulumi: the other folders of `deploy/` and the command's verbs take it from here. */
export { type Guarded, guardStack, isProtected } from "./guard";
export { type OpenOptions, openStack } from "./stack";
export { deployedRegion, type PendingOperation, type StackState, type StateResource } from "./state";
export type {
  EnvironmentStack,
  HistoryEntry,
  Operation,
  OperationEvent,
  OperationKind,
  OperationOptions,
  OpMap,
  OpType,
  RefreshOptions,
  Step,
  UpOptions,
} from "./types";
