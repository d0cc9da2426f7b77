/** Lightsail: bundles with a price a month, and what is above the traffic that comes with them. Pure. */
import type { PlannedResource } from "../../types";
import { lightsailTraffic } from "../catalogue";
import { numberOf, textOf } from "../inputs";
import type { PricedPlan } from "../priced-plan";
import { type PriceItem, type Pricer, type Pricers } from "../types";

const CONTAINER_SERVICE = "aws:lightsail/containerService:ContainerService";
const INSTANCE = "aws:lightsail/instance:Instance";
const DISTRIBUTION = "aws:lightsail/distribution:Distribution";

export const lightsail: Pricers = {
  [CONTAINER_SERVICE]: ({ inputs }) => {
    const power = textOf(inputs.power) ?? "";
    const scale = numberOf(inputs.scale) ?? 1;
    return [
      fixed(scale === 1 ? `1 node of ${power}` : `${scale} nodes of ${power}`, `lightsail.container.${power}`, scale),
    ];
  },
  [INSTANCE]: ({ inputs }) => [
    ...bundle("an instance", "lightsail.instance")({ inputs }),
    ...(inputs.addOn === undefined
      ? []
      : [{ what: "snapshots", uncounted: "0.05 USD a GB-month, from memory; how much they hold is not known" }]),
  ],
  [DISTRIBUTION]: (distribution, plan) => [
    ...bundle("a distribution", "lightsail.distribution")(distribution),
    ...trafficAbove(
      plan.usage(distribution).gbOut,
      lightsailTraffic.distribution[textOf(distribution.inputs.bundleId) ?? ""] ?? 0,
    ),
  ],
  "aws:lightsail/database:Database": bundle("a database", "lightsail.database"),
  "aws:lightsail/bucket:Bucket": bundle("a bucket", "lightsail.bucket"),
  "aws:lightsail/lb:Lb": () => [fixed("a load balancer", "lightsail.balancer", 1)],
  "aws:lightsail/disk:Disk": ({ inputs }) => {
    const size = numberOf(inputs.sizeInGb) ?? 0;
    return [fixed(`a disk of ${size} GB`, "lightsail.disk", size)];
  },
  "spectrum:lightsail:App": (app, plan) =>
    traffic(app, plan, plan.ofType(CONTAINER_SERVICE), () => lightsailTraffic.container),
  "spectrum:lightsail-vm:App": (app, plan) =>
    traffic(
      app,
      plan,
      plan.ofType(INSTANCE),
      ({ inputs }) => lightsailTraffic.instance[textOf(inputs.bundleId) ?? ""] ?? 0,
    ),
};

const fixed = (what: string, key: string, quantity: number): PriceItem => ({ what, kind: "fixed", key, quantity });

/** What has a bundle's price. */
function bundle(what: string, prefix: string) {
  return ({ inputs }: Pick<PlannedResource, "inputs">): readonly PriceItem[] => {
    const id = textOf(inputs.bundleId) ?? "";
    return [fixed(`${what}, ${id}`, `${prefix}.${id}`, 1)];
  };
}

/** What the app's services or machines have together is free; behind a distribution all of it is its. */
function traffic(
  app: PlannedResource,
  plan: PricedPlan,
  all: readonly PlannedResource[],
  included: (resource: PlannedResource) => number,
): ReturnType<Pricer> {
  const name = plan.appOf(app);
  if (name === null || plan.has(DISTRIBUTION)(name)) return [];
  const own = all.filter((resource) => plan.appOf(resource) === name);
  return trafficAbove(
    plan.usage(app).gbOut,
    own.reduce((sum, resource) => sum + included(resource), 0),
  );
}

function trafficAbove(gbOut: number, included: number): readonly PriceItem[] {
  const above = Math.max(0, gbOut - included);
  return above > 0
    ? [{ what: `traffic above ${included} GB`, kind: "usage", key: "lightsail.traffic", quantity: above }]
    : [];
}
