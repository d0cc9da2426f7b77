/** What an ECS deployment is rolled back by. */
import type * as pulumi from "@pulumi/pulumi";

export interface RollbackAlarms {
  /** The alarms' physical names, known before they are made. */
  readonly names: readonly string[];
  /** False: they are there and tell, and roll nothing back. */
  readonly enabled: boolean;
  /** The longest that one of them looks back: for so long ECS goes on watching a deployment that is done. */
  readonly seconds: number;
  /** The alarms, which must be there before the deployment. */
  readonly ready: readonly pulumi.Resource[];
}

export interface AppAlarms {
  /** Of the services of one task; `null`: they have none that could tell that a version is bad. */
  rollback(services: readonly string[]): RollbackAlarms | null;
}

/** Of an app without signals. */
export const noAlarms: AppAlarms = { rollback: () => null };
