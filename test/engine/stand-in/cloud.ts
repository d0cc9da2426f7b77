/**
 * A stand-in for an AWS account: it keeps what is made, gives it ids and outputs, and refuses what AWS refuses. Nothing of it
 * is AWS's own; it holds what Spectrum's deployments run into.
 */
import type { Account, Entity, Machine } from "./entity";
import { nameOf, references } from "./entity";
import { answer } from "./invokes";
import { makeOutputs, registryHost, withNested } from "./outputs";
import { checkNamespace, checkObjectName, checkReferences, NEEDS } from "./rules/needed";
import { Refusal } from "./rules/rule";
import { checkTaken } from "./rules/taken";
import { checkHeld, DELETE_CHECKS } from "./rules/used";
import { awsType } from "./types";
import type { Values } from "./values";
import { list, text } from "./values";

export type Operation = "create" | "update" | "delete";

/** What was done, in its order. */
export interface Done {
  readonly operation: Operation;
  readonly type: string;
  readonly urn: string;
  readonly id: string;
  readonly inputs: Values;
}

export interface CloudOptions {
  readonly region?: string;
  /** Milliseconds that a resource takes to be made; 5 by default, so that what does not wait for another is seen. */
  readonly latency?: number;
  /** Other times, by type. */
  readonly slow?: Readonly<Record<string, number>>;
  /** Awaited before a resource is made: a test holds one as long as it likes. */
  readonly hold?: (type: string) => Promise<void> | undefined;
  /** Milliseconds in which a refusal that may pass is tried again; 2,000 by default. */
  readonly patience?: number;
}

/**
 * Times at which nothing is there by luck: what others need takes longer than the rest of an update, so that whoever does not
 * wait for it is refused.
 */
export const UNLUCKY: Readonly<Record<string, number>> = {
  "aws:cloudfront/distribution:Distribution": 500,
  "aws:cloudwatch/logGroup:LogGroup": 1500,
  "aws:ecr/repositoryPolicy:RepositoryPolicy": 1500,
  "aws:efs/mountTarget:MountTarget": 1500,
  "aws:lightsail/distribution:Distribution": 500,
  "aws:lightsail/disk_attachment:Disk_attachment": 500,
  "aws:lb/listenerRule:ListenerRule": 1500,
  "aws:rds/instance:Instance": 1500,
  "aws:route53/record:Record": 500,
};

/** Days in which Secrets Manager keeps a deleted secret's name, where the program does not say. */
const RECOVERY_DAYS = 30;

export class Cloud implements Account {
  readonly region: string;
  readonly log: Done[] = [];
  /** Operations that fail: `create aws:ecs/service:Service`, with a logical name after it where only that one does. */
  readonly faults = new Set<string>();
  /**
   * Operations that have each type fail the first time: `create`. What has failed so stands in `failed` as
   * `create aws:ecs/service:Service`.
   */
  readonly firstFails = new Set<Operation>();
  readonly failed = new Set<string>();
  /** What somebody has changed behind Pulumi's back, by URN: inputs, or `null` for what was deleted. */
  readonly tampered = new Map<string, Values | null>();
  now = 0;

  machines: readonly Machine[] = [];

  private readonly entities = new Set<Entity>();
  private readonly everKnown = new Set<string>();
  private readonly pushed = new Map<string, Map<string, string>>();
  private readonly filled = new Map<string, number>();
  /** Names of deleted secrets that cannot be taken yet. */
  private readonly recovering = new Set<string>();
  private readonly families = new Map<string, number>();
  private serial = 0;

  constructor(private readonly options: CloudOptions = {}) {
    this.region = options.region ?? "us-east-1";
  }

  get everything(): readonly Entity[] {
    return [...this.entities];
  }

  all(type: string): readonly Entity[] {
    return this.everything.filter((entity) => entity.type === type);
  }

  ready(type: string): readonly Entity[] {
    return this.all(type).filter(({ ready }) => ready);
  }

  find(reference: string): Entity | undefined {
    if (!reference) return undefined;
    return this.everything.find((entity) => entity.ready && references(entity).includes(reference));
  }

  known(reference: string): boolean {
    return this.everKnown.has(reference);
  }

  objects(bucket: string): number {
    return this.filled.get(bucket) ?? 0;
  }

  images(repository: string): ReadonlyMap<string, string> {
    return this.pushed.get(repository) ?? new Map<string, string>();
  }

  /** Puts an object into a bucket, as an app does. */
  putObject(bucket: string): void {
    this.filled.set(bucket, this.objects(bucket) + 1);
  }

  /** Registers a machine, as the user does by the command in the stack's outputs. */
  register(machine: Machine): void {
    this.machines = [...this.machines, machine];
  }

  /** Takes all machines out of their clusters. */
  deregister(): void {
    this.machines = [];
  }

  /** The answer of a provider function. */
  invoke(token: string, inputs: Values): Values {
    const found = answer(token, inputs, this.region);
    if (!found) throw new Error(`the stand-in does not know the function ${token}: add it to stand-in/invokes.ts`);
    return found;
  }

  /** Throws a `Refusal` where AWS would refuse it. */
  async create(urn: string, type: string, name: string, inputs: Values): Promise<Entity> {
    if (!awsType(type)) throw new Error(`the stand-in does not know the type ${type}: add it to stand-in/types.ts`);
    this.failOnDemand("create", type, name);
    const serial = ++this.serial;
    const { id, outputs } = makeOutputs({
      type,
      name,
      inputs,
      region: this.region,
      serial,
      revisions: (family) => this.families.get(family) ?? 0,
      lookUp: (reference) => this.find(text(reference))?.outputs ?? {},
    });
    const entity: Entity = { id, type, urn, serial, inputs, outputs, ready: false, since: this.now };
    await this.ask(() => {
      this.checkSecretName(entity);
      checkTaken(entity, this);
      this.checkNeeds(entity);
    });
    this.entities.add(entity);
    if (type === "aws:ecs/taskDefinition:TaskDefinition") this.families.set(id, (this.families.get(id) ?? 0) + 1);
    for (const reference of uniqueReferences(entity)) this.everKnown.add(reference);
    await this.options.hold?.(type);
    await pause(this.options.slow?.[type] ?? this.options.latency ?? 5);
    this.finish(entity);
    this.log.push({ operation: "create", type, urn, id, inputs });
    return entity;
  }

  async update(urn: string, type: string, name: string, id: string, inputs: Values): Promise<Entity> {
    this.failOnDemand("update", type, name);
    const entity = this.entityOf(type, id, urn);
    const { inputs: before, outputs } = entity;
    const changed = Object.fromEntries(
      Object.keys(before)
        .filter((key) => !(key in inputs))
        .map((key) => [key, undefined]),
    );
    const after: Entity = {
      ...entity,
      inputs,
      outputs: withoutUndefined({
        ...outputs,
        ...changed,
        ...withNested(type, outputs, keepNested(outputs, inputs)),
        ...nextVersion(entity, inputs),
      }),
    };
    await this.ask(() => {
      checkTaken(after, this);
      this.checkNeeds(after);
    });
    entity.inputs = after.inputs;
    entity.outputs = after.outputs;
    this.log.push({ operation: "update", type, urn, id, inputs });
    return entity;
  }

  /** `arn` tells revisions of one family apart, which have one id. */
  async delete(urn: string, type: string, name: string, id: string, arn?: string): Promise<void> {
    this.failOnDemand("delete", type, name);
    const entity = this.entityOf(type, id, urn, arn);
    await this.ask(() => {
      checkHeld(entity, this);
      for (const check of DELETE_CHECKS[type] ?? []) check(entity, this);
    });
    // on its way out, and still holding what it holds
    entity.ready = false;
    await pause(this.options.slow?.[type] ?? this.options.latency ?? 5);
    this.entities.delete(entity);
    this.forget(entity);
    this.log.push({ operation: "delete", type, urn, id, inputs: entity.inputs });
  }

  /** The rules' answer; one that may pass is asked for again until patience ends. */
  private async ask(question: () => void): Promise<void> {
    const end = Date.now() + (this.options.patience ?? 2000);
    for (;;) {
      try {
        question();
        return;
      } catch (error) {
        if (!(error instanceof Refusal) || !error.mayPass || Date.now() >= end) throw error;
      }
      await pause(10);
    }
  }

  private checkNeeds(entity: Entity): void {
    checkReferences(entity, this);
    checkObjectName(entity);
    checkNamespace(entity, this);
    for (const check of NEEDS[entity.type] ?? []) check(entity, this);
  }

  private checkSecretName(entity: Entity): void {
    if (entity.type === "aws:secretsmanager/secret:Secret" && this.recovering.has(nameOf(entity)))
      throw new Refusal(
        `InvalidRequestException: You can't create this secret because a secret with this name is already scheduled for deletion: ${nameOf(entity)}`,
      );
  }

  private finish(entity: Entity): void {
    const { type, inputs, outputs } = entity;
    if (type === "pulumi-nodejs:dynamic/spectrum:Wait") this.now += Number(inputs.seconds);
    if (type === "docker-build:index:Image" && inputs.push === true)
      this.push(list(inputs.tags).map(text), text(outputs.digest));
    entity.since = this.now;
    entity.ready = true;
  }

  private push(tags: readonly string[], digest: string): void {
    const host = `${registryHost(this.region)}/`;
    for (const tag of tags.filter((candidate) => candidate.startsWith(host))) {
      const [repository = "", label = "latest"] = tag.slice(host.length).split(":");
      const images = this.pushed.get(repository) ?? new Map<string, string>();
      this.pushed.set(repository, images.set(label, digest));
    }
  }

  private forget(entity: Entity): void {
    const name = nameOf(entity);
    if (entity.type === "aws:ecr/repository:Repository") this.pushed.delete(name);
    if (entity.type === "aws:s3/bucket:Bucket") this.filled.delete(name);
    if (
      entity.type === "aws:secretsmanager/secret:Secret" &&
      (entity.inputs.recoveryWindowInDays ?? RECOVERY_DAYS) !== 0
    )
      this.recovering.add(name);
  }

  private entityOf(type: string, id: string, urn: string, arn?: string): Entity {
    const found = this.all(type).filter((entity) => entity.id === id && entity.urn === urn);
    const entity = found.find(({ outputs }) => outputs.arn === arn) ?? found[0];
    if (!entity) throw new Error(`the stand-in has no ${type} ${id}`);
    return entity;
  }

  private failOnDemand(operation: Operation, type: string, name: string): void {
    const first = this.firstFails.has(operation) && !this.failed.has(`${operation} ${type}`);
    if (first) this.failed.add(`${operation} ${type}`);
    if (first || this.faults.has(`${operation} ${type}`) || this.faults.has(`${operation} ${type} ${name}`))
      throw new Error(`the stand-in fails to ${operation} ${type} ${name} on demand`);
  }
}

/** References that no other thing ever has; a name that is an id may be taken again. */
function uniqueReferences(entity: Entity): readonly string[] {
  const { id, outputs } = entity;
  return [text(outputs.arn), /^[a-z]+-[0-9a-f]{17}$/u.test(id) ? id : ""].filter(Boolean);
}

/** What AWS has put inside an input (the ARN of a role that was asked for) stays there. */
function keepNested(outputs: Values, inputs: Values): Values {
  return "privateRegistryAccess" in inputs
    ? { ...inputs, privateRegistryAccess: outputs.privateRegistryAccess ?? inputs.privateRegistryAccess }
    : inputs;
}

/** A parameter counts its values. */
function nextVersion({ type, inputs: before, outputs }: Entity, inputs: Values): Values {
  if (type !== "aws:ssm/parameter:Parameter" || before.value === inputs.value) return {};
  return { version: Number(outputs.version ?? 1) + 1 };
}

function withoutUndefined(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
