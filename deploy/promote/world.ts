/** The world as it is: Pulumi, AWS and Kubernetes, git, the clock. */
import { spawnSync } from "node:child_process";
import { userInfo } from "node:os";
import { InputError } from "../../app/finding";
import { mapValues } from "../../app/records";
import type { Release } from "../../app/release/release";
import { readApps } from "../../stacks/apps";
import { openRelease } from "../../stacks/releases";
import { type EnvironmentStack, guardStack, openStack, type Operation } from "../engine";
import { appOf, runningRelease, writeRelease } from "../release";
import { checkOutcome, type OpenDeployment, openDeployment, Refusal, runningDigests, statusOf } from "../status";
import { planCandidate } from "./candidate";
import type { BroughtRelease, Driven, SeenService, World } from "./types";

/** What a command brings of its own: how it tells, asks, and lets itself be stopped. */
export interface WorldOptions extends Pick<World, "root" | "tell" | "confirm"> {
  /** Deploys the stack. @param message for the backend's history */
  up(stack: EnvironmentStack, message: string): Promise<Operation>;
}

export class RealWorld implements World {
  readonly root: string;
  private readonly stacks = new Map<string, EnvironmentStack>();

  constructor(private readonly options: WorldOptions) {
    this.root = options.root;
  }

  async open(environment: string, { create }: { readonly create: boolean }): Promise<Driven> {
    const { root } = this;
    const stack = await openStack({ root, environment, create, onNotice: (text) => this.tell(`${text}\n`) });
    this.stacks.set(environment, stack);
    return {
      environment,
      config: stack.config,
      isNew: stack.isNew,
      secretConfig: () => stack.secretConfig(),
      deployedReleases: async () => releasesIn((await stack.outputs()).deployed),
      up: (message) => this.options.up(stack, message),
    };
  }

  guard({ environment }: Driven) {
    return guardStack(this.stackOf(environment));
  }

  runningRelease({ environment, config }: Driven, app: string): Promise<BroughtRelease> {
    const { root } = this;
    return this.ask(environment, async ({ deployed, aws }) => {
      const { release, warnings } = await runningRelease({
        root,
        environment,
        app,
        deployed: deployed[app],
        read: () => appOf(readApps(config, { root }).apps, app, environment),
        running: async () => runningDigests(await statusOf(aws, { deployed, app }))[app] ?? {},
      });
      for (const { message } of warnings) this.tell(`warning: ${message}\n`);
      const { id, isNew, path } = writeRelease(root, release);
      if (isNew) this.tell(`${path}: the release of ${app} that runs in ${environment}; commit it\n`);
      return brought(app, id, release);
    });
  }

  readRelease(app: string, wanted: string): BroughtRelease {
    const { id, release } = openRelease(this.root, app, wanted, "the release");
    return brought(app, id, release);
  }

  plan = (config: Driven["config"], releases: readonly BroughtRelease[]) => planCandidate(this.root, config, releases);

  status({ environment }: Driven, apps: readonly string[]): Promise<readonly SeenService[]> {
    return this.ask(environment, ({ deployed, aws }) => statusOf(aws, { deployed: only(deployed, apps) }));
  }

  awaitHealthy({ environment }: Driven, apps: readonly string[]) {
    return checkOutcome(this.stackOf(environment), { apps });
  }

  user = () => gitUser(this.root);
  now = () => new Date().toISOString();
  tell = (text: string) => this.options.tell(text);
  confirm = (question: string) => this.options.confirm(question);

  /** Asks AWS about what the stack has deployed; what AWS refuses is the user's to put right. */
  private async ask<T>(environment: string, question: (deployment: OpenDeployment) => Promise<T>): Promise<T> {
    const deployment = await openDeployment(this.stackOf(environment));
    try {
      return await question(deployment);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new InputError([{ message: `${environment}: ${error.message}`, location: null }]);
    } finally {
      deployment.aws.close();
    }
  }

  private stackOf(environment: string): EnvironmentStack {
    const stack = this.stacks.get(environment);
    if (!stack) throw new Error(`${environment} is not open`);
    return stack;
  }
}

type Deployed = OpenDeployment["deployed"];

/** Of the output `deployed`, which a stack has none of that was made and never deployed, or is a secret as a whole. */
function releasesIn(deployed: unknown): Readonly<Record<string, string | undefined>> {
  if (typeof deployed !== "object" || deployed === null) return {};
  return mapValues(deployed as Deployed, ({ release }) => release);
}

const only = (deployed: Deployed, apps: readonly string[]): Deployed =>
  Object.fromEntries(Object.entries(deployed).filter(([app]) => apps.includes(app)));

const brought = (app: string, id: string, { images }: Release): BroughtRelease => ({
  app,
  id,
  images: mapValues(images, ({ image }) => image),
});

/** Who git would say commits here; the machine's user where it does not know. */
export function gitUser(root: string): string {
  const asked = spawnSync("git", ["-C", root, "var", "GIT_AUTHOR_IDENT"], { encoding: "utf8" });
  const [ident] = /^.+>(?= \d+ [+-]\d{4}$)/u.exec(asked.status === 0 ? asked.stdout.trim() : "") ?? [];
  return ident ?? userInfo().username;
}
