/** Applies the overrides of an environment and its apps, and keeps what they have reached. */
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { problemsOf, keyOf } from "../../app/config/issues";
import { changeShape } from "../../app/config/overrides-schema";
import type { EnvironmentConfig } from "../../app/config/types";
import { formatProblem, type Problem } from "../../app/finding";
import { type OverrideChange, type PlacedOverride, reaches } from "../../app/overrides";
import type { ReadApp } from "../apps";
import { changeInputs, changeOptions, type Inputs } from "./apply";
import { HOOK_FILE, loadHook, type OverrideHook } from "./hook";

/** A resource that overrides could reach. */
export interface SeenResource {
  readonly type: string;
  readonly name: string;
  /** The parent's URN; empty for the stack. */
  readonly parent: string;
  /** `null`: what apps share, and workflows. */
  readonly app: string | null;
}

/** An override that has reached a resource. */
export interface AppliedOverride extends SeenResource {
  readonly place: PlacedOverride["place"];
  readonly change: OverrideChange;
}

export interface OverridesArgs {
  readonly environment: Pick<EnvironmentConfig, "overrides">;
  readonly apps: readonly Pick<ReadApp, "app" | "placement">[];
  readonly hook: OverrideHook | null;
}

/**
 * All overrides of an environment. They are transforms, so they reach the children of remote components too, and what they
 * change is what a plan shows, its price counts and the policy judges. Of one resource the environment's come first, then the
 * app's, the service's and the project's `overrides.ts`: the nearer wins.
 */
export class Overrides {
  readonly seen: SeenResource[] = [];
  readonly applied: AppliedOverride[] = [];
  private readonly ofApps = new Set<string>();

  /** @param fail told of a hook that throws or returns no change. By default it throws. */
  constructor(
    private readonly args: OverridesArgs,
    private readonly fail: (problem: Problem) => void = throwProblem,
  ) {}

  /** `null` where there is nothing to override: no transform is registered then. */
  static read(read: Omit<OverridesArgs, "hook">, root: string, fail?: (problem: Problem) => void): Overrides | null {
    const overrides = new Overrides({ ...read, hook: loadHook(root) }, fail);
    return overrides.args.hook || overrides.all.length > 0 ? overrides : null;
  }

  /** Every override of the config that holds on the apps' tiers. */
  get all(): readonly PlacedOverride[] {
    const { environment, apps } = this.args;
    return [...environment.overrides, ...apps.flatMap(({ placement }) => placement.overrides)];
  }

  /** For an app's components: `{ transforms: [overrides.forApp("shop")] }`. */
  forApp(app: string): pulumi.ResourceTransform {
    return async (resource) => {
      if (!isOwn(resource)) return undefined;
      const parent = await parentUrn(resource);
      const id = idOf(resource, parent);
      if (this.ofApps.has(id)) return undefined;
      this.ofApps.add(id);
      return await this.change(resource, { parent, app });
    };
  }

  /** For the stack. Its transforms come after those of the components, so an app's resources have been changed already. */
  forStack(): pulumi.ResourceTransform {
    return async (resource) => {
      if (!isOwn(resource)) return undefined;
      const parent = await parentUrn(resource);
      return this.ofApps.has(idOf(resource, parent)) ? undefined : await this.change(resource, { parent, app: null });
    };
  }

  private async change(
    { type, name, props, opts }: pulumi.ResourceTransformArgs,
    of: Pick<SeenResource, "parent" | "app">,
  ): Promise<pulumi.ResourceTransformResult | undefined> {
    const resource: SeenResource = { type, name, ...of };
    this.seen.push(resource);
    const changed = { inputs: props as Inputs, opts, times: 0 };
    const apply = (place: PlacedOverride["place"], change: OverrideChange) => {
      this.applied.push({ ...resource, place, change });
      changed.inputs = changeInputs(changed.inputs, change);
      changed.opts = changeOptions(changed.opts, change.options);
      changed.times++;
    };
    for (const override of this.matching(resource)) apply(override.place, override);
    const said = await this.ask(resource, changed.inputs);
    if (said) apply({ key: HOOK_FILE, location: null }, said);
    return changed.times > 0 ? { props: changed.inputs, opts: changed.opts } : undefined;
  }

  private matching({ type, name, app }: SeenResource): readonly PlacedOverride[] {
    const read = this.args.apps.find((one) => one.app.name === app);
    const services = Object.keys(read?.app.services ?? {});
    return [...this.args.environment.overrides, ...(read?.placement.overrides ?? [])].filter((override) =>
      reaches(override, type, name, services),
    );
  }

  private async ask({ type, name, app }: SeenResource, inputs: Inputs): Promise<OverrideChange | undefined> {
    const { hook } = this.args;
    if (!hook) return undefined;
    const wrong = (message: string) =>
      this.fail({ key: HOOK_FILE, location: null, message: `for ${name} (${type}): ${message}` });
    let said: unknown;
    try {
      said = await hook({ type, name, app, inputs });
    } catch (error) {
      wrong(`it throws ${error instanceof Error ? error.message : String(error)}`);
    }
    if (said === undefined) return undefined;
    const parsed = changeSchema.safeParse(said, { reportInput: true });
    if (parsed.success) return parsed.data;
    const place = (path: readonly PropertyKey[]) => ({ key: keyOf("", path), location: null });
    for (const problem of problemsOf(parsed.error, changeSchema, place)) wrong(`it returns ${formatProblem(problem)}`);
    return undefined;
  }
}

const changeSchema = z.strictObject(changeShape);

/** What a provider makes; a component has no inputs of AWS's, and a provider is not the user's to change. */
const isOwn = ({ custom, type }: pulumi.ResourceTransformArgs): boolean => custom && !type.startsWith("pulumi:");

const idOf = ({ type, name }: pulumi.ResourceTransformArgs, parent: string): string =>
  JSON.stringify([type, name, parent]);

function parentUrn({ opts }: pulumi.ResourceTransformArgs): Promise<string> {
  const { parent } = opts;
  return parent ? new Promise((resolve) => parent.urn.apply(resolve)) : Promise.resolve("");
}

function throwProblem(problem: Problem): never {
  throw new Error(formatProblem(problem));
}
