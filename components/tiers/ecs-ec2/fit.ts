/** What the tier does to each thing that an app asks for. Pure. */
import type { Placement } from "../../../app/config/types";
import type { Finding } from "../../../app/finding";
import { changed, finding, type FitContext, refused } from "../../../app/fit";
import type { App } from "../../../app/model";
import { planPools, type PoolPlan } from "../../platform/pools";
import { fitEcs } from "../ecs/fit";
import { poolNeeds } from "./capacity";
import { ec2Tier } from "./ec2-tier";
import { ec2Keys } from "./keys";
import { settingsOf } from "./settings";

export function fitEc2(app: App, placement: Placement): readonly Finding[] {
  const context = { app, placement };
  return [...fitEcs(ec2Tier, ec2Keys, app, placement), ...egress(context), ...instances(context)];
}

/** Tasks with interfaces of their own have no way out of a public subnet. */
function egress(context: FitContext): Finding[] {
  const { placement } = context;
  if (settingsOf(placement).networkMode === "bridge") return [];
  const said = placement.environment.platform.egress;
  if (said === "public") {
    const verdict = refused(
      "a task with an interface of its own never gets a public address on EC2, so it could not even fetch its image",
      "platform: { egress: nat }, or ecs-ec2: { networkMode: bridge }",
    );
    return [finding(context, null, "egress", verdict)];
  }
  if (said !== null) return [];
  const verdict = changed(
    "by a NAT gateway, as tasks with interfaces of their own get no public address on EC2: 36.50 USD a month for the environment, and 0.045 USD a GB",
    "ecs-ec2: { networkMode: bridge } does without",
  );
  return [finding(context, null, "egress", verdict)];
}

const HOURS = 730;

/** What the app's tasks come to on instances of their own; other apps of the environment share them. */
function instances(context: FitContext): Finding[] {
  const { app, placement } = context;
  const { instanceType, maxInstances } = settingsOf(placement);
  const pools = [...planPools(poolNeeds(app, placement)).values()];
  return pools.flatMap((pool) => [
    ...(instanceType === pool.type.name ? [] : [finding(context, null, "ecs-ec2.instanceType", chosen(pool))]),
    ...(maxInstances !== null && maxInstances < pool.count
      ? [finding(context, null, "ecs-ec2.maxInstances", tooFew(pool, maxInstances))]
      : []),
  ]);
}

function chosen({ type, count }: PoolPlan) {
  const price = (count * type.price * HOURS).toFixed(2);
  return changed(
    `nothing is said of the instances, so the cheapest that hold the app's tasks are taken: ${count} ${type.name}, ${price} USD a month in us-east-1; apps that need the same share them`,
    "name another type under ecs-ec2: { instanceType }",
  );
}

function tooFew({ type, count }: PoolPlan, max: number) {
  return refused(
    `the app's tasks need ${count} instances of ${type.name}, and ${max} may run`,
    "raise maxInstances, or name a larger instanceType",
  );
}
