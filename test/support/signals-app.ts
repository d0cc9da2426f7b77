/** The shop with all that has signals, on any tier: requests, a queue, databases, a workflow. */
import type { TierName } from "../../app/tiers";
import { planFolder } from "./plan-folder";
import { root } from "./project";

const shop = (...files: string[]) => files.map((file) => `${root}/examples/shop/${file}`);

/** What a tier cannot do without, and what it gives up. */
const SETTINGS: Readonly<Partial<Record<TierName, object>>> = {
  beanstalk: { type: "load-balanced" },
  "ecs-anywhere": { addresses: ["203.0.113.7"], wait: false, accept: ["hosts"] },
  lightsail: {
    accept: ["hosts", "api.secrets", "worker.secrets", ...["migrate", "seed", "report"].map((job) => `${job}.job`)],
  },
};

const REDIS = { redis: { managed: true } };
const DB = { db: { managed: true } };
const QUEUE = { worker: { queue: { senders: ["api"] } } };
/** What AWS keeps for the shop, as far as the tier reaches it. */
const KEPT: Readonly<Partial<Record<TierName, object>>> = {
  lightsail: DB,
  "lightsail-vm": DB,
  "ecs-anywhere": QUEUE,
};

/** Tiers on which a workflow runs jobs of the shop. */
export const withWorkflow: readonly TierName[] = ["fargate", "ecs-ec2", "eks", "eks-fargate", "beanstalk"];

export interface SignalsPlan {
  readonly signals: unknown;
  readonly platform?: object;
  readonly app?: object;
  readonly protected?: boolean;
}

export const TOPIC = "arn:aws:sns:us-east-1:123456789012:alerts";

export function planSignals(
  tier: TierName,
  { signals, platform = {}, app = {}, protected: locked = false }: SignalsPlan,
) {
  return planFolder({
    config: {
      "spectrum:protected": locked,
      "spectrum:platform": { hostedZoneName: "example.com", createHostedZone: true, ...platform },
      "spectrum:secrets": {
        shop: { DB_PASSWORD: { secure: "v1:x" }, SLACK: { secure: "v1:x" }, TEAMS: { secure: "v1:x" } },
        $platform: { SLACK: { secure: "v1:x" } },
      },
      ...(signals !== undefined && { "spectrum:signals": signals }),
      "spectrum:apps": {
        shop: {
          // on machines of one's own a job cannot call the app's services by name
          compose: tier === "ecs-anywhere" ? shop("compose.yaml") : shop("compose.yaml", "compose.jobs.yaml"),
          profiles: ["jobs"],
          tier,
          hosts: [
            { host: "shop.example.com", service: "web", port: 8080 },
            { host: "api.shop.example.com", service: "api", port: 3000 },
          ],
          services: KEPT[tier] ?? { ...DB, ...REDIS, ...QUEUE },
          [tier]: SETTINGS[tier] ?? {},
          ...app,
        },
      },
      ...(withWorkflow.includes(tier) && {
        "spectrum:workflows": { order: { definition: `${root}/examples/shop/workflows/order.asl.yaml` } },
      }),
    },
    files: {},
  });
}
