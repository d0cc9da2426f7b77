/** A plan as the prices look at it: what refers to what, whose each resource is, and what its app uses. Pure. */
import type { UsageConfig } from "../../app/config/types";
import { referencedUrns } from "../references";
import type { PlannedResource, PlanValue } from "../types";
import { urnType } from "../urn";

const PLATFORM = "spectrum:platform:Platform";

export class PricedPlan {
  private readonly byUrn: ReadonlyMap<string, PlannedResource>;
  private readonly byType = new Map<string, PlannedResource[]>();
  private readonly owners = new Map<string, string | null>();

  /**
   * @param usages by app
   * @param countsOffHours false: as if everything ran all the time
   */
  constructor(
    readonly resources: readonly PlannedResource[],
    readonly usages: Readonly<Record<string, UsageConfig>>,
    readonly countsOffHours = true,
  ) {
    this.byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    for (const resource of resources) {
      const same = this.byType.get(resource.type);
      if (same) same.push(resource);
      else this.byType.set(resource.type, [resource]);
      this.owners.set(resource.urn, this.ownerOf(resource));
    }
  }

  ofType(type: string): readonly PlannedResource[] {
    return this.byType.get(type) ?? [];
  }

  /** The first resource of the type that the value refers to. */
  find(value: PlanValue | undefined, type: string): PlannedResource | null {
    for (const urn of referencedUrns(value, this.byUrn)) {
      const resource = this.byUrn.get(urn);
      if (resource?.type === type) return resource;
    }
    return null;
  }

  /** The resources of the type whose input refers to the resource. */
  referring(type: string, input: string, to: PlannedResource): readonly PlannedResource[] {
    return this.ofType(type).filter(({ inputs }) => referencedUrns(inputs[input], this.byUrn).includes(to.urn));
  }

  /** The resources of the type that come after the resource: for what takes of it only what a plan knows, such as its name. */
  after(type: string, { urn }: PlannedResource): readonly PlannedResource[] {
    return this.ofType(type).filter(({ dependencies }) => dependencies.includes(urn));
  }

  /** The app that the resource belongs to; `null` for the platform's. */
  appOf({ urn }: PlannedResource): string | null {
    return this.owners.get(urn) ?? null;
  }

  /** True for the first of its app's resources of its type: what an app uses is counted once. */
  isFirstOfApp(resource: PlannedResource): boolean {
    const app = this.appOf(resource);
    return this.ofType(resource.type).find((other) => this.appOf(other) === app)?.urn === resource.urn;
  }

  /** What the resource's app uses; of a resource of the platform, what all apps do that `among` says. */
  usage(resource: PlannedResource, among: (app: string) => boolean = () => true): UsageConfig {
    const app = this.appOf(resource);
    const own = app === null ? undefined : this.usages[app];
    if (own) return own;
    return together(Object.entries(this.usages).flatMap(([name, usage]) => (among(name) ? [usage] : [])));
  }

  /** True for an app with a resource of one of the types. */
  readonly has =
    (...types: readonly string[]) =>
    (app: string): boolean =>
      types.some((type) => this.ofType(type).some((resource) => this.appOf(resource) === app));

  /** Of the topmost component: the app's name, or the platform. Parents stand before their children. */
  private ownerOf({ parent, name, type }: PlannedResource): string | null {
    if (parent !== null && urnType(parent) !== "pulumi:pulumi:Stack") return this.owners.get(parent) ?? null;
    return type !== PLATFORM && name in this.usages ? name : null;
  }
}

/** Sums; of hours the most, for what is shared runs as long as one of them needs it. */
function together(usages: readonly UsageConfig[]): UsageConfig {
  const sum = (of: (usage: UsageConfig) => number) => usages.reduce((all, usage) => all + of(usage), 0);
  const replicas = usages.flatMap((usage) => usage.replicas ?? []);
  return {
    requests: sum(({ requests }) => requests),
    gbOut: sum(({ gbOut }) => gbOut),
    gbFetched: sum(({ gbFetched }) => gbFetched),
    gbLogs: sum(({ gbLogs }) => gbLogs),
    gbStored: sum(({ gbStored }) => gbStored),
    gbImages: sum(({ gbImages }) => gbImages),
    messages: sum(({ messages }) => messages),
    executions: Math.max(0, ...usages.map(({ executions }) => executions)),
    hours: Math.max(0, ...usages.map(({ hours }) => hours)),
    replicas: replicas.length > 0 ? Math.max(...replicas) : null,
    machines: sum(({ machines }) => machines),
  };
}
