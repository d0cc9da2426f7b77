/** Who asks each tier: a missing one is a compile error. */
import type { TierName } from "../../app/tiers";
import type { Aws } from "./aws";
import { beanstalkStatus } from "./beanstalk/status";
import type { AskedService, TargetOn } from "./deployed";
import { ecsStatus } from "./ecs/status";
import { kubernetesStatus } from "./kubernetes/status";
import { lightsailStatus } from "./lightsail/status";
import { lightsailVmStatus } from "./lightsail-vm/status";
import type { ServiceStatus } from "./model";

type AskTier<Name extends TierName> = (aws: Aws, asked: AskedService<TargetOn<Name>>) => Promise<ServiceStatus>;

const tierStatus: { readonly [Name in TierName]: AskTier<Name> } = {
  lightsail: lightsailStatus,
  "lightsail-vm": lightsailVmStatus,
  beanstalk: beanstalkStatus,
  "ecs-ec2": ecsStatus,
  "ecs-anywhere": ecsStatus,
  eks: kubernetesStatus,
  "eks-fargate": kubernetesStatus,
  fargate: ecsStatus,
};

/** Throws `Refusal` where the tier cannot be asked. */
export function askTier<Name extends TierName>(
  aws: Aws,
  asked: AskedService<TargetOn<Name>> & { readonly target: { readonly tier: Name } },
): Promise<ServiceStatus> {
  return tierStatus[asked.target.tier](aws, asked);
}
