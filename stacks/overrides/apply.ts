/** What an override makes of a resource's inputs and options. Inputs may be Outputs, as a whole and inside. */
import * as pulumi from "@pulumi/pulumi";
import type { OverrideChange, OverrideOptions } from "../../app/overrides";

export type Inputs = Readonly<Record<string, unknown>>;

export function changeInputs(inputs: Inputs, { set = {}, remove = [] }: OverrideChange): Inputs {
  const merged = mergeInput(inputs, set) as Inputs;
  return remove.reduce<Inputs>((rest, path) => without(rest, path.split(".")) as Inputs, merged);
}

export function changeOptions<O extends pulumi.CustomResourceOptions>(opts: O, options: OverrideOptions = {}): O {
  const { ignoreChanges = [], replaceOnChanges = [], customTimeouts, ...flags } = options;
  return {
    ...opts,
    ...flags,
    ignoreChanges: union(opts.ignoreChanges, ignoreChanges),
    replaceOnChanges: union(opts.replaceOnChanges, replaceOnChanges),
    ...(customTimeouts && { customTimeouts: { ...opts.customTimeouts, ...customTimeouts } }),
  };
}

const union = (there: readonly string[] = [], more: readonly string[]) => [...new Set([...there, ...more])];

/** Maps merge deeply; lists, texts and all else replace. */
function mergeInput(base: unknown, over: unknown): unknown {
  if (!isMap(over)) return over;
  if (isLate(base)) return base.apply((known) => mergeInput(known, over));
  if (!isMap(base)) return over;
  const merged = Object.entries(over).map(([key, value]) => [key, mergeInput(base[key], value)] as const);
  return { ...base, ...Object.fromEntries(merged) };
}

function without(base: unknown, [key = "", ...rest]: readonly string[]): unknown {
  if (isLate(base)) return base.apply((known) => without(known, [key, ...rest]));
  if (!isMap(base) || !(key in base)) return base;
  const { [key]: value, ...others } = base;
  return rest.length === 0 ? others : { ...others, [key]: without(value, rest) };
}

/** Of a resource that is being registered the SDK gives Outputs, and no promises. */
const isLate = (value: unknown): value is pulumi.Output<unknown> => pulumi.Output.isInstance(value);

/** A plain map: no list, no Output, no asset. */
function isMap(value: unknown): value is Inputs {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
