/** What the engine and the plan are compared on: examples by tiers, and the same ones as a user's config changes them. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { stringify } from "yaml";

import { tierNames, type TierName } from "../../app/tiers";
import { makePlan } from "../../plan/plan";
import type { Plan } from "../../plan/types";

export const ROOT = resolve(__dirname, "../..");

export interface Case {
  /** `<example>.<tier>`, and what else is set. */
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** By path. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** A value that no plan, log or state may show. */
export const SECRET_VALUE = "not-to-be-seen-anywhere";

const REGION = { "aws:region": "us-east-1" };

/** Config of one example on a tier. `data: delete` unless said otherwise, so that a switch and a destroy go through. */
export function exampleCase(
  example: "hello" | "shop",
  tier: TierName,
  more: { readonly name?: string; readonly app?: object; readonly config?: object } = {},
): Case {
  const app = { compose: `examples/${example}/compose.yaml`, tier, data: "delete", ...more.app };
  return {
    name: [example, tier, ...(more.name ? [more.name] : [])].join("."),
    config: { ...REGION, "spectrum:apps": { [example]: app }, ...more.config },
    secrets: example === "shop" ? { "spectrum:secrets.shop.DB_PASSWORD": SECRET_VALUE } : {},
  };
}

/** What a tier must be told before a name can lead to it. */
const REACHED: Readonly<Partial<Record<TierName, object>>> = {
  // a single instance has no certificate
  beanstalk: { beanstalk: { type: "load-balanced" } },
  "ecs-anywhere": { "ecs-anywhere": { addresses: ["203.0.113.7"], wait: false } },
};

/** The shop at a name of its own, in a zone that the stack makes. */
export function domainCase(tier: TierName): Case {
  return exampleCase("shop", tier, {
    name: "domain",
    app: { hosts: [{ host: "shop.example.com", service: "web", port: 8080 }], ...REACHED[tier] },
    config: { "spectrum:platform": { hostedZoneName: "example.com", createHostedZone: true } },
  });
}

/** The tiers that run what the shop's order workflow calls. */
const WORKFLOW_TIERS: readonly TierName[] = ["fargate", "ecs-ec2", "eks", "eks-fargate", "beanstalk"];

/** The shop with its jobs, those that move its data too, and the order workflow over them. */
export function workflowCase(tier: TierName): Case {
  const files = ["compose.yaml", "compose.jobs.yaml", "compose.move.yaml"];
  const hosts = [
    { host: "shop.example.com", service: "web", port: 8080 },
    { host: "api.shop.example.com", service: "api", port: 3000 },
  ];
  return exampleCase("shop", tier, {
    name: "workflow",
    app: { compose: files.map((file) => `examples/shop/${file}`), profiles: ["jobs", "move"], hosts, ...REACHED[tier] },
    config: {
      "spectrum:platform": { hostedZoneName: "example.com", createHostedZone: true },
      "spectrum:workflows": { order: { definition: "examples/shop/workflows/order.asl.yaml" } },
    },
  });
}

/**
 * Several apps in one environment, each on its own tier: one of them with much of what Fargate has, under a deployment that
 * ECS moves the entry for.
 */
export function manyCase(deployment: object = { strategy: "canary" }): Case {
  const hosts = [{ host: "many.example.com", path: "/", service: "web", port: 8080 }];
  const services = {
    web: {
      deployment,
      scale: { min: 2, max: 4, cpu: 70, schedule: [{ at: "cron(0 7 * * ? *)", min: 3, max: 6 }] },
    },
    api: { policies: [{ actions: ["s3:GetObject"], resources: ["arn:aws:s3:::example/*"] }] },
  };
  const apps = {
    hello: {
      compose: "examples/hello/compose.yaml",
      tier: "lightsail",
      // Lightsail has no place for the login of the registry below
      lightsail: { accept: ["web.image"] },
    },
    other: {
      compose: "examples/hello/compose.yaml",
      tier: "fargate",
      hosts: [{ host: "example.com", path: "/other" }],
    },
    many: { compose: "test/engine/fixtures/many/compose.yaml", tier: "fargate", data: "delete", hosts, services },
  };
  const registries = {
    "ghcr.io": { username: "somebody", password: "GHCR" },
    "docker.io": { username: "somebody", password: "HUB", cache: true },
  };
  return {
    name: "many",
    config: {
      ...REGION,
      "spectrum:apps": apps,
      "spectrum:platform": { hostedZoneName: "example.com", createHostedZone: true, egress: "nat-per-az", registries },
    },
    secrets: Object.fromEntries(
      ["many.TOKEN", "many.KEY", "$platform.GHCR", "$platform.HUB"].map((name) => [
        `spectrum:secrets.${name}`,
        SECRET_VALUE,
      ]),
    ),
  };
}

/** What is previewed, and recorded: each example on each tier, the shop at a name of its own, and with its jobs and workflow, and one as in production. */
export const CASES: readonly Case[] = [
  ...tierNames.map((tier) => exampleCase("hello", tier)),
  ...tierNames.map((tier) => exampleCase("shop", tier)),
  ...tierNames.map(domainCase),
  ...WORKFLOW_TIERS.map(workflowCase),
  exampleCase("shop", "fargate", {
    name: "production",
    app: { data: "keep" },
    config: {
      "spectrum:protected": true,
      "spectrum:tags": { team: "shop" },
      "spectrum:platform": { egress: "nat", insights: "on" },
    },
  }),
  manyCase(),
];

/** What of the project a program needs at run time. */
const PROJECT = [
  "Pulumi.yaml",
  "package.json",
  "tsconfig.json",
  "tsconfig.pulumi.json",
  "index.ts",
  "app",
  "components",
  "stacks",
  "plan",
  "policy",
  "examples",
  "test/engine/fixtures",
];

/** Copies the project into a folder, with some files put in or in the place of others. */
export function copyProject(folder: string, files: Readonly<Record<string, string>> = {}): void {
  mkdirSync(folder, { recursive: true });
  const filter = (source: string) => basename(source) !== "node_modules";
  for (const name of PROJECT) cpSync(join(ROOT, name), join(folder, name), { recursive: true, filter });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
}

/** The plan of a stack in a copy of the project. Its paths are those of the folder that it runs in, as the engine's are. */
export async function planIn(folder: string): Promise<Plan> {
  const before = process.cwd();
  process.chdir(folder);
  try {
    return await makePlan({ root: process.cwd() });
  } finally {
    process.chdir(before);
  }
}

/** The plan of a case, where there is no engine. */
export async function planCase({ config, secrets }: Case): Promise<Plan> {
  const folder = mkdtempSync(join(tmpdir(), "spectrum-case-"));
  try {
    copyProject(join(folder, "project"));
    const stack: { config: Record<string, unknown> } = { config: { ...config } };
    for (const path of Object.keys(secrets)) place(stack.config, path);
    writeFileSync(join(folder, "project/Pulumi.dev.yaml"), stringify(stack));
    return await planIn(join(folder, "project"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A secure value at a path, as `pulumi config set --secret --path` leaves one. */
function place(config: Record<string, unknown>, path: string): void {
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let map = config;
  for (const key of keys) map = (map[key] ??= {}) as Record<string, unknown>;
  map[last] = { secure: "v1:a:b" };
}
