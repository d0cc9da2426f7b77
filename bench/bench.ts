/**
 * `npm run bench`: what a plan costs, against a process that loads the same packages by the same loader and registers the
 * same number of resources under the SDK's mocks. Prints two tables; exit code 1 where a limit is passed.
 *
 * - examples/shop on each tier: at most 1.3 times the bare process's time and peak memory.
 * - 1, 10 and 100 apps: at most 1.25 times, and what each further app costs does not grow.
 * - examples/shop on all tiers side by side: at most 2.5 times the time of its plan on Fargate alone.
 *
 * Times are whole processes, from start to end, without npm; medians. `--runs N` sets how many (5), `--quick` leaves the 100
 * apps out, `--compare` leaves all of them out, `--tiers a,b` measures those alone.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type TierName, tierNames } from "../app/tiers";
import type { Plan } from "../plan/types";
import type { Usage } from "./usage";

const root = resolve(__dirname, "..");
const loader = pathToFileURL(require.resolve("tsx")).href;
const LIMITS = { shop: 1.3, apps: 1.25, growth: 1.25, compare: 2.5 } as const;

interface Run extends Usage {
  /** Seconds. */
  readonly time: number;
  readonly stdout: string;
}

function run(cwd: string, script: string, args: readonly string[]): Promise<Run> {
  const usage = pathToFileURL(join(__dirname, "usage.ts")).href;
  const start = process.hrtime.bigint();
  const child = spawn(process.execPath, ["--import", loader, "--import", usage, join(root, script), ...args], {
    cwd,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const texts = ["", "", "", ""];
  for (const stream of [1, 2, 3]) {
    child.stdio[stream]?.on("data", (data: Buffer) => (texts[stream] += data.toString()));
  }
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("close", (code) => {
      const time = Number(process.hrtime.bigint() - start) / 1e9;
      if (code !== 0) fail(new Error(`${script} ${args.join(" ")} ended with ${code}\n${texts[2]}`));
      else done({ ...(JSON.parse(texts[3] ?? "") as Usage), time, stdout: texts[1] ?? "" });
    });
  });
}

interface Pair {
  readonly resources: number;
  readonly plan: { readonly time: number; readonly memory: number };
  readonly bare: { readonly time: number; readonly memory: number };
}

/** The plan and the bare process, in turns, so that what else the machine does falls on both. */
async function measure(cwd: string, args: readonly string[], runs: number): Promise<Pair> {
  const plans: Run[] = [];
  const bares: Run[] = [];
  let resources = 0;
  for (let i = 0; i < runs; i++) {
    const plan = await run(cwd, "cli/main.ts", ["plan", ...args, "--json"]);
    resources = (JSON.parse(plan.stdout) as Plan).resources.length;
    plans.push(plan);
    bares.push(await run(cwd, "bench/bare.ts", [String(resources), ...plan.packages]));
  }
  return { resources, plan: medians(plans), bare: medians(bares) };
}

function medians(runs: readonly Run[]): Pair["plan"] {
  return { time: median(runs.map(({ time }) => time)), memory: median(runs.map(({ memory }) => memory)) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2
    ? (sorted[Math.floor(middle)] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** What a tier must be told before a name can lead to it. */
const REACHED: Readonly<Partial<Record<TierName, object>>> = {
  beanstalk: { beanstalk: { type: "load-balanced" } },
  "ecs-anywhere": { "ecs-anywhere": { addresses: ["203.0.113.7"], wait: false } },
};

/** A project whose stack hosts so many copies of the shop, each at a name of its own. */
function project(folder: string, tier: TierName, count: number): string {
  const cwd = join(folder, `${tier}-${count}`);
  mkdirSync(cwd);
  const names = Array.from({ length: count }, (_, i) => `shop${i + 1}`);
  const apps = names.map((name) => [
    name,
    { compose: join(root, "examples/shop/compose.yaml"), tier, domain: `${name}.example.com`, ...REACHED[tier] },
  ]);
  const secrets = names.map((name) => [name, { DB_PASSWORD: { secure: "AAAA" } }]);
  const config = {
    "aws:region": "us-east-1",
    "spectrum:platform": { hostedZoneId: "Z0123456789ABCDEFGHIJ" },
    "spectrum:apps": Object.fromEntries(apps) as unknown,
    "spectrum:secrets": Object.fromEntries(secrets) as unknown,
  };
  writeFileSync(join(cwd, "Pulumi.yaml"), JSON.stringify({ name: "spectrum", runtime: "nodejs" }));
  writeFileSync(join(cwd, "Pulumi.dev.yaml"), JSON.stringify({ config }));
  return cwd;
}

const failures: string[] = [];

function row(label: string, pair: Pair, limit: number): void {
  const cells = (["time", "memory"] as const).map((what) => {
    const ratio = pair.plan[what] / pair.bare[what];
    const unit = what === "time" ? "s" : "MiB";
    const digits = what === "time" ? 2 : 0;
    if (ratio > limit)
      failures.push(`${label}: ${what} is ${ratio.toFixed(2)} times the bare process's, over ${limit}`);
    return `${pair.plan[what].toFixed(digits)} ${unit} against ${pair.bare[what].toFixed(digits)} ${unit}, ${ratio.toFixed(2)}x`;
  });
  console.log(`${label.padEnd(24)} ${String(pair.resources).padStart(6)} resources   ${cells.join("   ")}`);
}

/**
 * What an app costs between the second and the third size is no more than between the first two, within a tolerance; where
 * the bare process, whose resources are the same in number, grows too (a heap does), within a tolerance of that.
 */
function straight(tier: string, sizes: readonly (readonly [number, Pair])[]): void {
  const [first, second, third] = sizes;
  if (!first || !second || !third) return;
  for (const what of ["time", "memory"] as const) {
    const slope = (process: "plan" | "bare", a: typeof first, b: typeof first) =>
      (b[1][process][what] - a[1][process][what]) / (b[0] - a[0]);
    const early = slope("plan", first, second);
    const late = slope("plan", second, third);
    const bare = slope("bare", second, third) / slope("bare", first, second);
    console.log(
      `${tier.padEnd(24)} ${what}: ${early.toFixed(3)} an app up to ${second[0]}, ${late.toFixed(3)} up to ${third[0]}, ` +
        `${(late / early).toFixed(2)} times; the bare process's ${bare.toFixed(2)} times`,
    );
    if (late > early * LIMITS.growth * Math.max(1, bare)) failures.push(`${tier}: ${what} grows faster than the apps`);
  }
}

/** All tiers in one process, and one of them, in turns. */
async function compared(runs: number): Promise<void> {
  const of = ["--compose", "examples/shop/compose.yaml"];
  await run(root, "cli/main.ts", ["compare", ...of]);
  const times: { readonly plan: number[]; readonly compare: number[] } = { plan: [], compare: [] };
  for (let i = 0; i < runs; i++) {
    times.plan.push((await run(root, "cli/main.ts", ["plan", ...of, "--tier", "fargate"])).time);
    times.compare.push((await run(root, "cli/main.ts", ["compare", ...of])).time);
  }
  const [plan, compare] = [median(times.plan), median(times.compare)];
  const ratio = compare / plan;
  console.log(
    `compare, ${tierNames.length} tiers         ${compare.toFixed(2)} s against ${plan.toFixed(2)} s, ${ratio.toFixed(2)}x`,
  );
  if (ratio > LIMITS.compare) failures.push(`compare takes ${ratio.toFixed(2)} times one plan, over ${LIMITS.compare}`);
}

async function main(): Promise<void> {
  const runs = Number(/--runs[= ](\d+)/.exec(process.argv.join(" "))?.[1] ?? 5);
  const chosen = /--tiers[= ](\S+)/.exec(process.argv.join(" "))?.[1]?.split(",");
  const tiers = tierNames.filter((tier) => chosen?.includes(tier) ?? true);
  const sizes = process.argv.includes("--quick") ? [1, 10] : [1, 10, 100];
  // the first run of all compiles the program into the loader's cache
  await run(root, "bench/bare.ts", ["2"]);
  for (const tier of tiers) {
    const args = ["--compose", "examples/shop/compose.yaml", "--tier", tier];
    await run(root, "cli/main.ts", ["plan", ...args, "--json"]);
    row(`examples/shop, ${tier}`, await measure(root, args, runs), LIMITS.shop);
  }
  await compared(runs);
  if (process.argv.includes("--compare")) return end();
  const folder = mkdtempSync(join(tmpdir(), "spectrum-bench-"));
  try {
    for (const tier of tiers) {
      const measured: [number, Pair][] = [];
      for (const count of sizes) {
        const pair = await measure(project(folder, tier, count), [], count === 100 ? Math.min(runs, 3) : runs);
        row(`${count} apps, ${tier}`, pair, LIMITS.apps);
        measured.push([count, pair]);
      }
      straight(tier, measured);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  end();
}

function end(): void {
  for (const failure of failures) console.error(`too much: ${failure}`);
  process.exitCode = failures.length ? 1 : 0;
}

void main();
