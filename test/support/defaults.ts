/**
 * The plans of the examples on all tiers under each version of the defaults, as text that a difference can be read of. Run as a program
 * (`npm run fix:defaults -- "why they are others"`), it writes them anew, and the reason into CHANGELOG.md.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EnvironmentConfig } from "../../app/config/types";
import { tierNames, type TierName } from "../../app/tiers";
import { planUnbudgeted } from "../../plan/plan";
import type { Plan, PlannedResource } from "../../plan/types";
import { qualifiedType } from "../../plan/urn";
import { readText, root } from "./project";

export type Version = EnvironmentConfig["defaults"];

/** The versions of the defaults that there are: a new one does not compile before it stands here. */
const versions: Readonly<Record<Version, true>> = { 1: true };
export const VERSIONS = Object.keys(versions).map(Number) as Version[];

export interface DefaultsCase {
  /** `<example>.<tier>` */
  readonly name: string;
  readonly tier: TierName;
  readonly app: string;
  readonly compose: readonly string[];
  readonly more?: Readonly<Record<string, unknown>>;
  readonly workflows?: Readonly<Record<string, unknown>>;
}

/** The tiers that run what a workflow calls, and what they have to be told for it. */
const WORKFLOW_TIERS: Readonly<Partial<Record<TierName, object>>> = {
  fargate: {},
  "ecs-ec2": {},
  eks: {},
  "eks-fargate": {},
  // a single instance has no certificate
  beanstalk: { beanstalk: { type: "load-balanced" } },
};

const shop = (...files: string[]) => files.map((file) => `examples/shop/${file}`);

export const CASES: readonly DefaultsCase[] = tierNames.flatMap((tier): readonly DefaultsCase[] => [
  { name: `hello.${tier}`, tier, app: "hello", compose: ["examples/hello/compose.yaml"] },
  { name: `shop.${tier}`, tier, app: "shop", compose: shop("compose.yaml") },
  ...(WORKFLOW_TIERS[tier]
    ? [
        {
          name: `shop-workflow.${tier}`,
          tier,
          app: "shop",
          compose: shop("compose.yaml", "compose.jobs.yaml"),
          more: {
            profiles: ["jobs"],
            hosts: [
              { host: "shop.example.com", service: "web", port: 8080 },
              { host: "api.shop.example.com", service: "api", port: 3000 },
            ],
            ...WORKFLOW_TIERS[tier],
          },
          workflows: { order: { definition: "examples/shop/workflows/order.asl.yaml" } },
        },
      ]
    : []),
]);

/** What a stack says that says as little as it can. */
export async function planOf({ tier, app, compose, more, workflows }: DefaultsCase, version: Version): Promise<Plan> {
  const values = {
    "aws:region": "us-east-1",
    "spectrum:defaults": String(version),
    "spectrum:apps": JSON.stringify({ [app]: { compose, tier, ...more } }),
    ...(app === "shop" && { "spectrum:secrets": '{"shop":{"DB_PASSWORD":"secret"}}' }),
    ...(workflows && { "spectrum:workflows": JSON.stringify(workflows) }),
  };
  const secretKeys = new Set(["spectrum:secrets"]);
  return planUnbudgeted(root, { project: "spectrum", stack: "dev", values, secretKeys, locate: () => null }, {});
}

/** What is longer is a hash: that it differs can be seen, and the plan itself shows how. */
const MAX_LENGTH = 160;

/** Each resource by its identity, with a line for each input and option. */
export function snapshotOf({ resources }: Pick<Plan, "resources">): string {
  const sorted = [...resources].sort((a, b) => (a.urn < b.urn ? -1 : 1));
  return sorted.map(resourceText).join("\n");
}

function resourceText({ urn, name, inputs, options = {} }: PlannedResource): string {
  const lines = (values: object, sign: string) =>
    Object.entries(values)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `  ${key}${sign} ${valueText(value)}\n`);
  return [`${qualifiedType(urn)} ${name}\n`, ...lines(inputs, ":"), ...lines(options, "!")].join("");
}

function valueText(value: unknown): string {
  const text = JSON.stringify(sorted(value)).replace(/urn:pulumi:dev::spectrum::(?:[^:"]|:(?!:))*::/gu, "");
  return text.length <= MAX_LENGTH ? text : `sha256 ${digest(text)} of ${text.length} characters`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 12);

const folderOf = (version: Version): string => join(root, "test/defaults", String(version));

/** What is committed, by the case's name. */
export function committed(version: Version): ReadonlyMap<string, string> {
  const folder = folderOf(version);
  if (!existsSync(folder)) return new Map();
  const files = readdirSync(folder).sort();
  return new Map(files.map((file) => [file.replace(/\.txt$/u, ""), readFileSync(join(folder, file), "utf8")]));
}

/** What CHANGELOG.md has to name with a reason. */
export const digestOf = (snapshots: ReadonlyMap<string, string>): string => digest(JSON.stringify([...snapshots]));

/** The reason that CHANGELOG.md gives for the snapshots of that digest; `null`: it names them not. */
export function reasonIn(changelog: string, version: Version, of: string): string | null {
  return new RegExp(`^- plans ${version} ${of}: (\\S.{9,})$`, "mu").exec(changelog)?.[1] ?? null;
}

/** The changes with one more line at the end of their section on plans. */
export const withReason = (changelog: string, line: string): string =>
  changelog.replace(/^## Plans\n[^]*?(?=\n+## )/mu, (section) => `${section}\n${line}`);

async function rewrite(reason: string): Promise<void> {
  for (const version of VERSIONS) {
    const folder = folderOf(version);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const one of CASES) writeFileSync(join(folder, `${one.name}.txt`), snapshotOf(await planOf(one, version)));
    const now = digestOf(committed(version));
    const changelog = readText("CHANGELOG.md");
    if (reasonIn(changelog, version, now) !== null) continue;
    if (reason.length < 10) throw new Error('the plans have changed; say why: npm run fix:defaults -- "the reason"');
    writeFileSync(join(root, "CHANGELOG.md"), withReason(changelog, `- plans ${version} ${now}: ${reason}`));
  }
}

if (require.main === module) void rewrite(process.argv.slice(2).join(" "));
