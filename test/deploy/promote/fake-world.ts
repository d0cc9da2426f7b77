/** A world for promotions: a project in a folder of its own, environments that run what they are brought, as it is told. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "../../../app/finding";
import type { Operation } from "../../../deploy/engine";
import type { BroughtRelease, Driven, SeenService, World } from "../../../deploy/promote/types";
import { appNames, releaseOf } from "../../../plan/config-choice";
import { readStackConfig } from "../../../plan/stack-config";
import type { Plan } from "../../../plan/types";
import { idOf } from "./entries";

const REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com";

/** By a short name: each has an image of its own. */
export const releaseNamed = (name: string, app = "shop"): BroughtRelease => ({
  app,
  id: idOf(name),
  images: { web: `${REGISTRY}/${app}/web@sha256:${idOf(`${name}'s image`)}` },
});

const PLAN: Plan = { version: 1, environment: "", apps: [], resources: [], outputs: {}, errors: [], warnings: [] };

export class FakeWorld implements World {
  readonly root = mkdtempSync(join(tmpdir(), "spectrum-promote-"));
  /** What has been told, in one text. */
  told = "";
  /** What has been asked. */
  readonly questions: string[] = [];
  answer = true;
  /** By environment and app, the short name of the release that runs. */
  readonly runs: Record<string, Record<string, string>> = {};
  /** Environments that were deployed from files, with the same images as the release that runs. */
  readonly byHand = new Set<string>();
  /** Environments in which nothing is healthy. */
  readonly sick = new Set<string>();
  /** How the next deployments end, the first first; they succeed where nothing is said. */
  readonly deployments: (Partial<Operation> | InputError | "unseen")[] = [];
  /** The messages of deployments. */
  readonly deployed: string[] = [];
  planErrors: string[] = [];
  passphrase = true;
  /** Environments whose secrets were asked for. */
  readonly decrypted: string[] = [];
  readonly files = new Set<string>();
  arn: string | null = "arn:aws:iam::123456789012:user/ada";
  private readonly names = new Map<string, string>();

  constructor(approvals = 1) {
    this.write(
      "Pulumi.yaml",
      `name: spectrum\nconfig:\n  spectrum:environments:\n    value: [{ name: dev }, { name: staging }, { name: prod, approvals: ${approvals} }]\n`,
    );
    const stack = (tier: string) =>
      `config:\n  aws:region: us-east-1\n  spectrum:apps:\n    shop:\n      compose: compose.yaml # the shop\n      tier: ${tier}\n`;
    this.write("Pulumi.dev.yaml", stack("lightsail"));
    this.write("Pulumi.staging.yaml", stack("fargate"));
    this.write("Pulumi.prod.yaml", stack("eks"));
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.root, file), text);
  }

  read(file: string): string {
    return readFileSync(join(this.root, file), "utf8");
  }

  /** A release runs in an environment, by whatever way it came there. */
  run(environment: string, name: string, app = "shop"): void {
    this.names.set(idOf(name), name);
    this.files.add(idOf(name));
    (this.runs[environment] ??= {})[app] = name;
  }

  close(): void {
    rmSync(this.root, { recursive: true });
  }

  open(environment: string, { create }: { readonly create: boolean }): Promise<Driven> {
    const config = readStackConfig(this.root, environment);
    const isNew = this.runs[environment] === undefined;
    if (isNew && !create) return refused(`the environment ${environment} has not been deployed`);
    return Promise.resolve({
      environment,
      config,
      isNew,
      deployedReleases: () => {
        const runs = this.byHand.has(environment) ? {} : (this.runs[environment] ?? {});
        return Promise.resolve(Object.fromEntries(Object.entries(runs).map(([app, name]) => [app, idOf(name)])));
      },
      secretConfig: () => {
        this.decrypted.push(environment);
        return this.passphrase ? Promise.resolve({}) : refused("no passphrase is given");
      },
      up: (message) => this.up(environment, message),
    });
  }

  guard() {
    return Promise.resolve({ arn: this.arn, warnings: [] });
  }

  runningRelease({ environment }: Driven, app: string): Promise<BroughtRelease> {
    const name = this.runs[environment]?.[app];
    return name === undefined
      ? refused(`${app} does not run in ${environment}`)
      : Promise.resolve(releaseNamed(name, app));
  }

  readRelease(app: string, id: string): BroughtRelease {
    if (!this.files.has(id)) throw wrong(`releases/${app} has no file ${id}`);
    return releaseNamed(this.names.get(id) ?? "", app);
  }

  plan() {
    if (this.planErrors.length > 0)
      return Promise.reject(new InputError(this.planErrors.map((message) => ({ message, location: null }))));
    return Promise.resolve({ plan: PLAN, difference: null });
  }

  status({ environment }: Driven, apps: readonly string[]): Promise<readonly SeenService[]> {
    const isSick = this.sick.has(environment);
    const running = apps.flatMap((app) => {
      const name = this.runs[environment]?.[app];
      return name === undefined ? [] : [{ app, name }];
    });
    return Promise.resolve(
      running.map(({ app, name }) => ({
        app,
        service: "web",
        state: isSick ? "failing" : "running",
        reasons: isSick ? ["it ends at once"] : [],
        wanted: { count: 2 },
        running: { healthy: isSick ? 0 : 2, images: [{ digest: `sha256:${idOf(`${name}'s image`)}` }] },
      })),
    );
  }

  async awaitHealthy(stack: Driven, apps: readonly string[]) {
    if (this.deployments[0] === "unseen") {
      this.deployments.shift();
      throw wrong("the credentials have expired");
    }
    const statuses = await this.status(stack, apps);
    const failures = statuses.flatMap(({ app, service, state, reasons }) =>
      state === "running" ? [] : [`${app}/${service} is ${state}: ${reasons[0] ?? ""}`],
    );
    return { healthy: failures.length === 0, failures, statuses };
  }

  user = () => "Ada Lovelace <ada@example.com>";
  now = () => "2027-01-31T12:00:00.000Z";
  tell = (text: string) => void (this.told += text);

  confirm(question: string): Promise<boolean> {
    this.questions.push(question);
    return Promise.resolve(this.answer);
  }

  private up(environment: string, message: string): Promise<Operation> {
    const next = this.deployments[0];
    if (next !== undefined && next !== "unseen") this.deployments.shift();
    if (next instanceof InputError) return Promise.reject(next);
    this.deployed.push(message);
    const operation: Operation = {
      kind: "up",
      outcome: "succeeded",
      changes: {},
      steps: [],
      errors: [],
      warnings: [],
      text: "",
      seconds: 3,
      ...(next === "unseen" ? {} : next),
    };
    if (operation.outcome === "succeeded") {
      const config = readStackConfig(this.root, environment);
      for (const app of appNames(config)) {
        const name = this.names.get(releaseOf(config, app) ?? "");
        if (name !== undefined) this.run(environment, name, app);
      }
    }
    return Promise.resolve(operation);
  }
}

const wrong = (message: string) => new InputError([{ message, location: null }]);
const refused = (message: string) => Promise.reject(wrong(message));
