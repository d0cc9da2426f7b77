/**
 * The config's one schema: what a stack's file may say under `spectrum:`, and what `x-spectrum` may say in a Compose file.
 * Every default stands here. What is not built yet is refused by name.
 */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { parseMiB } from "../units";
import { policyConfigSchema } from "./policy";
import { cdnSchema } from "./cdn-schema";
import { stagesSchema } from "./environments";
import { environmentOverridesSchema, overridesSchema } from "./overrides-schema";
import { hours, policySchema, schedule, seconds, switched, text, timeToFail } from "./schema-parts";
import { signalsSchema } from "./signals-schema";
import type { Deployment, Egress, EntryChoice, SecretStore, UsageConfig } from "./types";
import { workflowsSchema } from "./workflow-schema";

/** YAML reads `1.5` and `true` as no strings, where a variable's value means its text. */
const scalarText = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const mebibytes = z.union([z.string(), z.number().int().positive()]).transform((value, context) => {
  const parsed = typeof value === "number" ? value : parseMiB(value);
  if (parsed !== null && parsed > 0) return parsed;
  context.addIssue({
    code: "custom",
    message: `got ${JSON.stringify(value)}; give MiB as a number, or a size such as 512m or 1g`,
  });
  return z.NEVER;
});

const percent = z.number().min(1).max(100);

const hostName = z.string().regex(/^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/u, {
  error: "give a host name in lower case such as shop.example.com",
});

const topicArn = z.string().regex(/^arn:[a-z-]+:sns:us-east-1:\d{12}:.+$/u, {
  error: "give the ARN of an SNS topic in us-east-1, where the checks are",
});
const healthChecksShape = z.strictObject({ alarmActions: z.array(topicArn).default([]) });
/** `true` is a check of each name, without an alarm. */
const healthChecksSchema = z.preprocess(switched, healthChecksShape.nullable());

export const registrySchema = z.strictObject({
  username: text,
  password: text,
  cache: z.boolean().default(false),
});

/** Of the repositories that built images are kept in. */
const repositoriesSchema = z.strictObject({
  environment: text.nullable().default(null),
  readers: z
    .array(z.string().regex(/^\d{12}$/u, { error: 'give an account\'s id of 12 digits, in quotes: "123456789012"' }))
    .default([]),
});

const backupSchema = z.strictObject({
  schedule: z
    .string()
    .regex(/^cron\(.+\)$/u, { error: "give cron(…), as AWS Backup writes it" })
    .default("cron(0 5 * * ? *)"),
  // copies of less than a week are full ones: https://docs.aws.amazon.com/aws-backup/latest/devguide/metering-and-billing.html
  days: z.number().int().min(7).max(36_500).default(35),
  vaultLock: z.boolean().default(false),
});

const cidr = z.string().regex(/^(?:\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/u, {
  error: "give a range of IPv4 addresses such as 203.0.113.0/24",
});
const principal = z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:(?:role|user)\/.+$/u, {
  error: "give the ARN of an IAM role or user such as arn:aws:iam::123456789012:role/admins",
});
const policyArn = z.string().regex(/^arn:aws[a-z-]*:iam::(?:\d{12}|aws):policy\/.+$/u, {
  error: "give the ARN of an IAM policy such as arn:aws:iam::123456789012:policy/boundary",
});
const CONTROL_PLANE_LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"] as const;

/** Of the cluster that EKS tiers share. */
export const eksSchema = z.strictObject({
  /** https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html: in standard support in November 2026 */
  version: z.enum(["1.34", "1.35", "1.36"]).default("1.36"),
  admins: z.array(principal).default([]),
  viewers: z.array(principal).default([]),
  publicAccessCidrs: z.array(cidr).default([]),
  logTypes: z.array(z.enum(CONTROL_PLANE_LOGS)).nullable().default(null),
});

export const platformSchema = z
  .strictObject({
    egress: z
      .enum(["public", "nat", "nat-per-az", "endpoints"] satisfies Egress[])
      .nullable()
      .default(null),
    availabilityZones: z.number().int().min(2).max(3).optional(),
    vpcId: z
      .string()
      .regex(/^vpc-[0-9a-f]+$/u, { error: "give a VPC's id such as vpc-0123456789abcdef0" })
      .nullable()
      .default(null),
    hostedZoneId: z
      .string()
      .regex(/^Z[A-Z0-9]+$/u, { error: "give a Route 53 zone's id such as Z0123456789ABCDEFGHIJ" })
      .nullable()
      .default(null),
    hostedZoneName: text.nullable().default(null),
    createHostedZone: z.boolean().default(false),
    lightsailZoneName: hostName.nullable().default(null),
    createLightsailZone: z.boolean().default(false),
    healthChecks: healthChecksSchema.default(null),
    certificateArn: z.string().startsWith("arn:").nullable().default(null),
    loadBalancerArn: z.string().startsWith("arn:").nullable().default(null),
    ecsClusterArn: z.string().startsWith("arn:").nullable().default(null),
    permissionsBoundary: policyArn.nullable().default(null),
    registries: z.record(text, registrySchema).default({}),
    insights: z.enum(["off", "on", "enhanced"]).default("off"),
    backup: backupSchema.nullable().default(null),
    secretStore: z.enum(["ssm", "secrets-manager"] satisfies SecretStore[]).default("ssm"),
    entry: z.enum(["alb", "apigateway"] satisfies EntryChoice[]).default("alb"),
    eks: eksSchema.default(() => eksSchema.parse({})),
    registry: repositoriesSchema.default(() => repositoriesSchema.parse({})),
    eksClusterName: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/u, {
        error: "give the name of an EKS cluster, as aws eks list-clusters shows it",
      })
      .nullable()
      .default(null),
  })
  .refine(({ eksClusterName, vpcId }) => eksClusterName === null || vpcId !== null, {
    path: ["eksClusterName"],
    error: "the pods of an existing cluster are in its network; give that too: vpcId",
  })
  .refine(({ eksClusterName, eks }) => eksClusterName === null || isDeepStrictEqual(eks, eksSchema.parse({})), {
    path: ["eks"],
    error: "the cluster of eksClusterName is its owner's to set up; leave eks out",
  })
  .refine((p) => p.lightsailZoneName === null || (p.hostedZoneId ?? p.hostedZoneName) === null, {
    error: "the names' records are in one place; leave it out, or hostedZoneId and hostedZoneName",
    path: ["lightsailZoneName"],
  })
  .refine((p) => p.lightsailZoneName !== null || !p.createLightsailZone, {
    error: "which one? give lightsailZoneName too",
    path: ["createLightsailZone"],
  })
  .refine(({ entry, loadBalancerArn }) => entry === "alb" || loadBalancerArn === null, {
    path: ["loadBalancerArn"],
    error: "the entry apigateway has no load balancer; leave the key out, or say entry: alb",
  });

const sizeSchema = z.strictObject({ cpu: z.number().positive().max(32).optional(), memory: mebibytes.optional() });

const scheduleSchema = z
  .strictObject({
    at: schedule,
    timezone: text.default("UTC"),
    min: z.number().int().min(0),
    max: z.number().int().min(0),
  })
  .refine((s) => s.min <= s.max, { error: "min is above max" });

const scaleSchema = z
  .strictObject({
    min: z.number().int().min(0).default(1),
    max: z.number().int().min(1),
    cpu: percent.nullable().default(null),
    memory: percent.nullable().default(null),
    requests: z.number().int().positive().nullable().default(null),
    schedule: z.array(scheduleSchema).default([]),
  })
  .refine((s) => s.min <= s.max, { error: "min is above max" })
  .transform((s) => ((s.cpu ?? s.memory ?? s.requests) === null && s.schedule.length === 0 ? { ...s, cpu: 60 } : s));

const minutes = z.number().int().min(0).max(1440);
const deploymentSchema: z.ZodType<Deployment> = z.discriminatedUnion(
  "strategy",
  [
    z.strictObject({ strategy: z.literal("rolling") }),
    z.strictObject({ strategy: z.literal("blue-green"), bakeMinutes: minutes.default(5) }),
    z.strictObject({
      strategy: z.literal("linear"),
      bakeMinutes: minutes.default(5),
      stepPercent: z.number().min(3).max(100).default(10),
      stepBakeMinutes: minutes.default(6),
    }),
    z.strictObject({
      strategy: z.literal("canary"),
      bakeMinutes: minutes.default(5),
      canaryPercent: z.number().min(0.1).max(100).default(5),
      canaryBakeMinutes: minutes.default(10),
    }),
  ],
  { error: "give strategy: rolling, blue-green, linear or canary" },
);

export const hostSchema = z.strictObject({
  host: hostName,
  path: z
    .string()
    .startsWith("/", { error: "a path starts with /" })
    .transform((path) => path.replace(/\/+$/u, "") || "/")
    .default("/"),
  service: text.optional(),
  port: z.number().int().min(1).max(65535).optional(),
  priority: z.number().int().min(1).max(39_999).nullable().default(null),
  redirectFrom: z.array(hostName).default([]),
});

const jobShape = z
  .strictObject(
    {
      on: z.enum(["once", "deploy", "schedule"]).optional(),
      at: schedule.nullable().default(null),
      timezone: text.default("UTC"),
      windowMinutes: z.number().int().min(0).max(1440).default(0),
      retries: z.number().int().min(0).max(185).default(0),
      timeout: seconds.nullable().default(null),
      concurrency: z.enum(["allow", "forbid"]).default("forbid"),
    },
    {
      error: ({ code, input }) =>
        code === "invalid_type"
          ? `got ${JSON.stringify(input)}; give once, deploy, or { at: cron(…), timezone, retries, timeout }`
          : undefined,
    },
  )
  .transform(({ on, ...rest }) => ({
    on: on ?? (rest.at === null ? ("once" as const) : ("schedule" as const)),
    ...rest,
  }))
  .refine(({ on, at }) => (on === "schedule") === (at !== null), {
    path: ["at"],
    error: "a schedule needs its time, and only a schedule has one: at: cron(0 3 * * ? *)",
  });
/** `once` and `deploy` alone are a job with every default. */
const jobSchema = z.preprocess((value) => (value === "once" || value === "deploy" ? { on: value } : value), jobShape);

const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/u, { error: "give a variable's name such as BUCKET" });

const bucketShape = z.strictObject({
  sharedWith: z.array(text).default([]),
  variable: variableName.default("BUCKET"),
  versioned: z.boolean().nullable().default(null),
});
/** `true` is a bucket with every default. */
const bucketSchema = z.union([z.literal(true).transform(() => bucketShape.parse({})), bucketShape], {
  error: "give true, or { sharedWith, variable, versioned }",
});

/** Step adjustments that a policy of Application Auto Scaling takes: one for each number of tasks. */
const MAX_STEPS = 20;

const queueScaleSchema = z
  .strictObject({
    min: z.number().int().min(0).default(0),
    max: z.number().int().min(1),
    messagesPerTask: z.number().int().min(1).default(10),
  })
  .refine((s) => s.min <= s.max, { error: "min is above max" })
  .refine((s) => s.max - s.min < MAX_STEPS, {
    error: `AWS takes ${MAX_STEPS} steps from min to max; bring the two closer, and raise messagesPerTask`,
  });

const queueShape = z.strictObject({
  senders: z.array(text).default([]),
  variable: variableName.default("QUEUE"),
  fifo: z.boolean().default(false),
  visibilitySeconds: z.number().int().min(1).max(43_200).default(300),
  // the dead-letter queue keeps 14 days from the sending on, so a message must come there before
  retentionDays: z.number().int().min(1).max(13).default(4),
  maxReceives: z.number().int().min(1).max(1000).default(5),
  scale: queueScaleSchema.nullable().default(null),
});
/** `true` is a queue with every default. */
const queueSchema = z.union([z.literal(true).transform(() => queueShape.parse({})), queueShape], {
  error: "give true, or { senders, variable, fifo, visibilitySeconds, retentionDays, maxReceives, scale }",
});

const versionText = z
  .union([text, z.number()])
  .transform(String)
  .refine((version) => /^\d+(?:\.\d+)*$/u.test(version), { error: 'give a version such as "17" or "8.4"' });

const managedShape = z.strictObject(
  {
    engine: z
      .enum(["aurora", "documentdb"], {
        error: "give aurora (of postgres and mysql) or documentdb (of mongo), or leave the key out",
      })
      .nullable()
      .default(null),
    version: versionText.nullable().default(null),
    class: text.nullable().default(null),
    storage: z.number().int().min(20).max(65_536).nullable().default(null),
    backupDays: z.number().int().min(1).max(35).nullable().default(null),
    multiZone: z.boolean().nullable().default(null),
    tls: z.boolean().default(false),
  },
  {
    error: ({ code }) =>
      code === "invalid_type"
        ? "give true, false, or { engine, version, class, storage, backupDays, multiZone, tls }"
        : undefined,
  },
);
/** `true` is a managed service with every default; `false` the container. */
const managedSchema = z.preprocess(
  (value) => (value === true ? {} : value === false ? null : value),
  managedShape.nullable(),
);

export const serviceSchema = z.strictObject({
  size: sizeSchema.optional(),
  scale: scaleSchema.optional(),
  deployment: deploymentSchema.optional(),
  concurrent: z.boolean().default(false),
  hours: hours.optional(),
  policies: z.array(policySchema).default([]),
  managed: managedSchema.optional(),
  job: jobSchema.optional(),
  queue: queueSchema.optional(),
  bucket: bucketSchema.optional(),
  overrides: overridesSchema,
});

const budgetSchema = z.number().positive({ error: "give more than 0, in USD a month" });

const amount = z.number().min(0);
/** What a price assumes; `defaultUsage` stands for what is left out. */
export const usageSchema = z.strictObject({
  requests: amount.optional(),
  gbOut: amount.optional(),
  gbFetched: amount.optional(),
  gbLogs: amount.optional(),
  gbStored: amount.optional(),
  gbImages: amount.optional(),
  messages: amount.optional(),
  executions: amount.optional(),
  hours: z.number().min(0).max(24).optional(),
  replicas: amount.nullable().optional(),
  machines: amount.optional(),
});

export const defaultUsage: UsageConfig = {
  requests: 100_000,
  gbOut: 1,
  gbFetched: 1,
  gbLogs: 0.1,
  gbStored: 1,
  gbImages: 0.5,
  messages: 10_000,
  executions: 30,
  hours: 24,
  replicas: null,
  machines: 1,
};

/** The words of the environment, the app's over them, the defaults under them. */
export function usageOf(...said: readonly (z.output<typeof usageSchema> | undefined)[]): UsageConfig {
  const given = said.flatMap((one) => Object.entries(one ?? {}).filter(([, value]) => value !== undefined));
  return { ...defaultUsage, ...Object.fromEntries(given) };
}

/** What an app says of its own placement: the stack's config and `x-spectrum`, merged. Tiers add their own keys. */
export const placementShape = {
  tier: z.string().optional(),
  hosts: z.array(hostSchema).optional(),
  domain: hostSchema.shape.host.optional(),
  cdn: cdnSchema.optional(),
  scale: scaleSchema.optional(),
  size: sizeSchema.optional(),
  deployment: deploymentSchema.optional(),
  timeToFail: timeToFail.optional(),
  data: z
    .enum(["keep", "delete"], {
      error: (issue) =>
        issue.input === "restore" ? "restore is not built yet; give keep or delete" : "give keep or delete",
    })
    .default("keep"),
  services: z.record(text, serviceSchema).default({}),
  budget: budgetSchema.optional(),
  hours: hours.optional(),
  usage: usageSchema.optional(),
  overrides: overridesSchema,
  signals: signalsSchema.optional(),
};

/** What only the stack's config says of an app. */
export const appShape = {
  compose: z
    .union([text.transform((file) => [file]), z.array(text).min(1)], {
      error: "give a Compose file's path, or a list of them",
    })
    .optional(),
  release: z
    .string()
    .regex(/^[0-9a-f]{12,64}$/u, { error: "give a release's id, or 12 or more of its first digits" })
    .optional(),
  profiles: z.array(text).default([]),
  variables: z.record(text, scalarText).default({}),
};

/** An app comes from its Compose files or from a release: one of the two says from which. */
export function oneSource(
  { compose, release }: z.output<z.ZodObject<typeof appShape>>,
  context: z.RefinementCtx,
): void {
  if (compose !== undefined && release !== undefined)
    context.addIssue({
      code: "custom",
      path: ["release"],
      message:
        "compose and release both say what the app is; keep release to run that one, compose to run the files as they are",
    });
  if (compose === undefined && release === undefined)
    context.addIssue({
      code: "custom",
      path: ["compose"],
      message: "got nothing; give a Compose file's path, or a list of them, or release: the id of a release",
    });
}

/** The keys directly under `spectrum:`. */
export const environmentSchema = z.strictObject({
  defaults: z.literal(1, { error: "the only version of the defaults is 1" }).default(1),
  tier: z.string().optional(),
  protected: z.boolean().default(false),
  tags: z.record(text, scalarText).default({}),
  platform: platformSchema.default(() => platformSchema.parse({})),
  timeToFail: timeToFail.default(600),
  apps: z.record(z.string(), z.looseObject({ ...appShape }).superRefine(oneSource)),
  budget: budgetSchema.optional(),
  usage: usageSchema.optional(),
  environments: stagesSchema,
  signals: signalsSchema.optional(),
  workflows: workflowsSchema,
  overrides: environmentOverridesSchema,
  policy: policyConfigSchema.default(() => policyConfigSchema.parse({})),
});
