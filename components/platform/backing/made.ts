/** What every backing service is made with, and what comes of it. */
import type * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig, Placement } from "../../../app/config/types";
import type { Network } from "../network";
import type { AppSecrets } from "../secrets";

export interface BackingArgs {
  readonly app: string;
  readonly environment: EnvironmentConfig;
  /** `keep` protects what holds data: nothing deletes it before `delete` has gone through one `up`. */
  readonly data: Placement["data"];
  /** Asked for by what is in the VPC only. */
  readonly network: () => Network;
  readonly secrets: AppSecrets;
}

/** A backing service as it was made. */
export interface Made {
  /** By the name after the service's id: `name`, `host`, `url`. */
  readonly outputs: Readonly<Record<string, pulumi.Output<string>>>;
  /** Likewise, of secrets. */
  readonly secrets?: Readonly<Record<string, pulumi.Output<string>>>;
  /** What is reached by network: its group, and the port that it listens on. */
  readonly reached?: { readonly securityGroupId: pulumi.Output<string>; readonly port: number };
  /** What a container must wait for, besides the outputs. */
  readonly ready: readonly pulumi.Resource[];
}
