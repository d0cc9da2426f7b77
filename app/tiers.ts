/** The names of the tiers: the built ones, and those of the spectrum that are still to come. */

export const tierNames = [
  "lightsail",
  "lightsail-vm",
  "beanstalk",
  "ecs-ec2",
  "ecs-anywhere",
  "eks",
  "eks-fargate",
  "fargate",
] as const;
/** One hosting option that Spectrum can place an app on. */
export type TierName = (typeof tierNames)[number];

export const comingTierNames = [] as const;
