/**
 * A plan made real on the stand-in cloud, without Pulumi's engine: what is new is made first, what changed is changed, and
 * what is no longer planned goes last, each in the order of the dependencies. One resource at a time: what the real engine
 * does side by side is the engine tests' to see.
 */
import type { PlannedResource, PlanValue } from "../../plan/types";
import type { Cloud, Operation } from "./stand-in/cloud";
import { diff } from "./stand-in/diff";
import { ACCOUNT_ID, type Entity } from "./stand-in/entity";
import { ENVIRONMENT as BEANSTALK, PLATFORMS } from "./stand-in/beanstalk";
import { Refusal } from "./stand-in/rules/rule";
import { isRecord, list, parseJson, type Values } from "./stand-in/values";

/** What one `up` did to one resource; `replace` is a `create` of what was there before. */
export interface Step {
  readonly operation: Operation | "replace";
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** The inputs that an update changed. */
  readonly changed: readonly string[];
}

interface Made {
  readonly resource: PlannedResource;
  readonly inputs: Values;
  readonly entity: Entity;
}

/** The state of one stack. */
export class PlanEngine {
  private readonly made = new Map<string, Made>();
  /** The components of the last plan: what depends on one waits for all that is in it. */
  private components: readonly PlannedResource[] = [];

  constructor(private readonly cloud: Cloud) {}

  /** Brings the cloud to the plan. Throws what the cloud refuses, and where something protected would go. */
  async up(resources: readonly PlannedResource[]): Promise<readonly Step[]> {
    const steps: Step[] = [];
    const old: Made[] = [];
    for (const resource of inOrder(resources).filter(isCustom)) {
      const before = this.made.get(resource.urn);
      const inputs = this.resolve(resource);
      if (!before) steps.push(await this.create(resource, inputs, "create"));
      else {
        const step = await this.change(before, resource, inputs, old);
        if (step) steps.push(step);
      }
    }
    const wanted = new Set(resources.map(({ urn }) => urn));
    const gone = [...this.made.values()].filter(({ resource }) => !wanted.has(resource.urn));
    for (const { resource } of gone) this.made.delete(resource.urn);
    const removed = await this.remove([...old, ...gone]);
    this.components = resources.filter((resource) => !isCustom(resource));
    return [...steps, ...removed];
  }

  /** Takes everything away. */
  destroy(): Promise<readonly Step[]> {
    const all = [...this.made.values()];
    this.made.clear();
    return this.remove(all);
  }

  private async create(resource: PlannedResource, inputs: Values, operation: Step["operation"]): Promise<Step> {
    const { urn, type, name } = resource;
    const entity = await this.cloud.create(urn, type, name, inputs);
    this.made.set(urn, { resource, inputs, entity });
    return stepOf(operation, resource);
  }

  private async change(before: Made, resource: PlannedResource, inputs: Values, old: Made[]): Promise<Step | null> {
    const { urn, type, name, options } = resource;
    const ignored = options?.ignoreChanges ?? [];
    const after = { ...inputs, ...pick(before.inputs, ignored) };
    const { changed, replaces, deleteFirst } = diff(type, before.inputs, after);
    if (replaces.length > 0) {
      guard(before);
      if (deleteFirst) await this.remove([before]);
      else old.push(before);
      return { ...(await this.create(resource, after, "replace")), changed: replaces };
    }
    const { id } = before.entity;
    const entity = changed.length > 0 ? await this.cloud.update(urn, type, name, id, after) : before.entity;
    this.made.set(urn, { resource, inputs: after, entity });
    return changed.length > 0 ? stepOf("update", resource, changed) : null;
  }

  /** What depends on others goes before them; what AWS may yet allow is tried again when something else has gone. */
  private async remove(gone: readonly Made[]): Promise<readonly Step[]> {
    for (const made of gone) guard(made);
    const steps: Step[] = [];
    const byResource = new Map(gone.map((made) => [made.resource, made]));
    let left = inOrder([...this.components, ...gone.map((made) => made.resource)])
      .reverse()
      .flatMap((resource) => byResource.get(resource) ?? []);
    while (left.length > 0) {
      const refused: Made[] = [];
      let refusal: Refusal | undefined;
      for (const made of left) {
        if (refused.some((other) => other.resource.dependencies.includes(made.resource.urn))) refused.push(made);
        else {
          const no = await this.delete(made);
          if (no) [refusal, refused[refused.length]] = [no, made];
          else steps.push(stepOf("delete", made.resource));
        }
      }
      if (refusal && refused.length === left.length) throw refusal;
      left = refused;
    }
    return steps;
  }

  /** The refusal, where it may pass. */
  private async delete({ resource, entity }: Made): Promise<Refusal | undefined> {
    const { urn, type, name } = resource;
    if (resource.options?.retainOnDelete === true) return undefined;
    try {
      await this.cloud.delete(urn, type, name, entity.id, String(entity.outputs.arn));
      return undefined;
    } catch (error) {
      if (error instanceof Refusal && error.mayPass) return error;
      throw error;
    }
  }

  /** The inputs with the outputs of what is made, and something for what a plan does not know. */
  private resolve({ urn, inputs }: PlannedResource): Values {
    const value = (given: PlanValue, place: string): unknown => {
      if (typeof given === "string") {
        const document = given.includes('{"$') ? parseJson(given) : undefined;
        return document === undefined ? given : JSON.stringify(value(document as PlanValue, place));
      }
      if (Array.isArray(given)) return given.map((item, i) => value(item, `${place}[${i}]`));
      if (!isRecord(given)) return given;
      const { $output: output, $lookup: token, $secret: secret } = given as Record<string, PlanValue>;
      if (typeof output === "string") return this.output(output);
      if (typeof token === "string") return LOOKUPS[token]?.(this.cloud) ?? `(${token} for ${urn}.${place})`;
      if (typeof secret === "string") return this.secret(secret);
      return Object.fromEntries(Object.entries(given).map(([key, item]) => [key, value(item, `${place}.${key}`)]));
    };
    return Object.fromEntries(Object.entries(inputs).map(([key, item]) => [key, value(item, key)]));
  }

  /** Names of secrets and outputs, with spaces between them: the outputs are filled in. */
  private secret(names: string): string {
    return names.replace(/urn:pulumi:\S+/gu, (reference) =>
      [...this.made.keys()].some((urn) => reference.startsWith(`${urn}.`))
        ? String(this.property(reference))
        : reference,
    );
  }

  /** `<urn>.<property>`, or a text with `${<urn>.<property>}` in it. */
  private output(reference: string): unknown {
    if (!reference.includes("${")) return this.property(reference);
    // a text may have variables of another's in it, such as those of a Compose file
    return reference.replace(/\$\{(urn:pulumi:[^}]+)\}/gu, (_, inner: string) => String(this.property(inner)));
  }

  /** A name may hold dots: the URN is the longest that is known. */
  private property(reference: string): unknown {
    const made = [...this.made.values()]
      .filter(({ resource: { urn } }) => reference.startsWith(`${urn}.`))
      .sort((a, b) => b.resource.urn.length - a.resource.urn.length)[0];
    if (!made) throw new Error(`${reference} is used before it is made`);
    const path = reference.slice(made.resource.urn.length + 1);
    const found = path
      .split(/[.[\]]+/u)
      .filter(Boolean)
      .reduce<unknown>(
        (at, step) => (typeof at === "object" && at !== null ? (at as Record<string, unknown>)[step] : undefined),
        made.entity.outputs,
      );
    // an output that the stand-in does not give is one that no rule of it looks at
    return found ?? `(${made.entity.id}.${path})`;
  }
}

const isCustom = ({ type, remote }: PlannedResource): boolean =>
  !remote && !type.startsWith("pulumi:") && !/^(?:spectrum|awsx|eks):/u.test(type);

function guard({ resource }: Made): void {
  if (resource.options?.protect === true) throw new Error(`${resource.urn} is protected`);
}

function pick(values: Values, keys: readonly string[]): Values {
  return Object.fromEntries(Object.entries(values).filter(([key]) => keys.includes(key)));
}

const stepOf = (
  operation: Step["operation"],
  { urn, type, name }: PlannedResource,
  changed: readonly string[] = [],
) => ({
  operation,
  urn,
  type,
  name,
  changed,
});

/** What the rules of the stand-in look at; of everything else it matters only that two places differ. */
const LOOKUPS: Readonly<Record<string, (cloud: Cloud) => unknown>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": () => ACCOUNT_ID,
  "aws:elasticbeanstalk/getSolutionStack:getSolutionStack": () => PLATFORMS[0],
  "aws:autoscaling/getGroup:getGroup": (cloud) => {
    const environment = cloud.ready(BEANSTALK).at(-1);
    const [name] = list(environment?.outputs.autoscalingGroups);
    const { targetGroupArns } = cloud.invoke("aws:autoscaling/getGroup:getGroup", { name });
    return list(targetGroupArns)[0];
  },
};

function groupBy<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

/** Each resource after those that it depends on, in the plan's order otherwise; a component stands for all that is in it. */
function inOrder(resources: readonly PlannedResource[]): PlannedResource[] {
  const byUrn = groupBy(resources, ({ urn }) => urn);
  const children = groupBy(resources, ({ parent }) => parent ?? "");
  const ordered = new Set<PlannedResource>();
  const descendants = (urn: string): readonly PlannedResource[] =>
    (children.get(urn) ?? []).flatMap((child) => [child, ...descendants(child.urn)]);
  const within = (urn: string): readonly PlannedResource[] => {
    const own = byUrn.get(urn) ?? [];
    return own.every(isCustom) ? own : descendants(urn);
  };
  const visit = (resource: PlannedResource) => {
    if (ordered.has(resource)) return;
    for (const urn of resource.dependencies) for (const other of within(urn)) visit(other);
    ordered.add(resource);
  };
  for (const resource of resources) visit(resource);
  return [...ordered];
}
