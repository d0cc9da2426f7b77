/** Planned inputs, read with the types that AWS gives them. Pure. */
import type { PlanValue } from "../types";

type Inputs = Readonly<Record<string, PlanValue>>;

/** A number, also where Pulumi takes it as text (`cpu: "256"`); `null` where it is none, or not known in a plan. */
export function numberOf(value: PlanValue | undefined): number | null {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}

export const textOf = (value: PlanValue | undefined): string | null => (typeof value === "string" ? value : null);

/** A list; one item of it where Pulumi has a map for a list of one; empty for everything else. */
export function listOf(value: PlanValue | undefined): readonly Inputs[] {
  const items = Array.isArray(value) ? value : [value];
  return items.filter(
    (item): item is Record<string, PlanValue> => typeof item === "object" && item !== null && !Array.isArray(item),
  );
}

/** A map; empty for everything else. */
export function mapOf(value: PlanValue | undefined): Inputs {
  return listOf(value)[0] ?? {};
}

/** The map at the path. */
export function mapAt(inputs: Inputs, ...path: readonly string[]): Inputs {
  return path.reduce<Inputs>((at, key) => mapOf(at[key]), inputs);
}

/** What a JSON document in a string says; `null` where it is none. */
export function documentOf(value: PlanValue | undefined): PlanValue {
  if (typeof value !== "string") return value ?? null;
  try {
    return JSON.parse(value) as PlanValue;
  } catch {
    return null;
  }
}

/** True for `true` and "true", as launch templates and Beanstalk's options write it. */
export const isTrue = (value: PlanValue | undefined): boolean => value === true || value === "true";
