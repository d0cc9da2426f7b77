/** The names of the tiers, from the one with the fewest choices on. */

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
