/** Elastic Beanstalk: the instances, load balancer and logs that an environment's options ask for. Pure. */
import type { PlannedResource } from "../../types";
import { documentOf, isTrue, listOf, mapAt, mapOf, numberOf, textOf } from "../inputs";
import type { PricedPlan } from "../priced-plan";
import { HOURS, type PriceItem, type Pricers, type UncountedItem } from "../types";
import { instanceItems } from "./instances";
import { logItems } from "./logs";

const LAUNCH = "aws:autoscaling:launchconfiguration";
const SCALING = "aws:autoscaling:asg";

export const beanstalk: Pricers = {
  "aws:elasticbeanstalk/environment:Environment": (environment, plan) => {
    const option = optionsOf(environment);
    const logs = isTrue(option("aws:elasticbeanstalk:cloudwatch:logs", "StreamLogs"));
    return [
      ...machines(environment, plan),
      ...ownBalancer(environment),
      ...publishedMetrics(environment),
      ...(logs
        ? logItems(plan.usage(environment), numberOf(option("aws:elasticbeanstalk:cloudwatch:logs", "RetentionInDays")))
        : []),
    ];
  },
};

function optionsOf({ inputs }: PlannedResource) {
  const settings = listOf(inputs.settings);
  return (namespace: string, name: string) =>
    settings.find((setting) => setting.namespace === namespace && setting.name === name)?.value;
}

/** As many as there are at the least; where they are scaled the assumed mean, up to what the options allow. */
function machines(environment: PlannedResource, plan: PricedPlan): readonly (PriceItem | UncountedItem)[] {
  const option = optionsOf(environment);
  const type = textOf(option("aws:ec2:instances", "InstanceTypes"))?.split(",")[0];
  if (type === undefined) return [{ what: "instances", uncounted: "their type is not known in the plan" }];
  const min = numberOf(option(SCALING, "MinSize")) ?? 1;
  const max = numberOf(option(SCALING, "MaxSize")) ?? min;
  const count = Math.min(max, Math.max(min, Math.ceil(plan.usage(environment).replicas ?? min)));
  const spot = isTrue(option("aws:ec2:instances", "EnableSpot"));
  const base = spot ? Math.min(count, numberOf(option("aws:ec2:instances", "SpotFleetOnDemandBase")) ?? 0) : count;
  const share = numberOf(option("aws:ec2:instances", "SpotFleetOnDemandAboveBasePercentage")) ?? 0;
  const onDemand = base + Math.ceil((count - base) * (share / 100));
  return instanceItems({
    type,
    onDemand,
    spot: count - onDemand,
    disk: numberOf(option(LAUNCH, "RootVolumeSize")) ?? 0,
    publicAddress: isTrue(option("aws:ec2:vpc", "AssociatePublicIpAddress")),
    hours: 24,
  });
}

/** What the health agent is asked to publish, of the environment as a whole. */
function publishedMetrics(environment: PlannedResource): readonly PriceItem[] {
  const document = documentOf(optionsOf(environment)("aws:elasticbeanstalk:healthreporting:system", "ConfigDocument"));
  const quantity = Object.keys(mapAt(mapOf(document), "CloudWatchMetrics", "Environment")).length;
  if (quantity === 0) return [];
  return [
    { what: `${quantity} metrics of the environment's health`, kind: "fixed", key: "cloudwatch.metric", quantity },
  ];
}

/** One that the environment makes for itself; a shared one is the platform's. */
function ownBalancer(environment: PlannedResource): readonly PriceItem[] {
  const option = optionsOf(environment);
  const namespace = "aws:elasticbeanstalk:environment";
  const balanced = option(namespace, "EnvironmentType") === "LoadBalanced";
  if (!balanced || isTrue(option(namespace, "LoadBalancerIsShared"))) return [];
  return [{ what: "a load balancer of its own", kind: "fixed", key: "alb.hour", quantity: HOURS }];
}
