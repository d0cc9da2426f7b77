/** What planned values say, where they say anything: an unknown is never wrong. Pure. */
import { documentOf, isTrue, listOf, mapAt, textOf } from "../../plan/prices/inputs";
import type { PlanValue } from "../../plan/types";
import type { Inputs } from "./rule";

export { documentOf, isTrue, listOf, mapAt, textOf };

/** True for what no plan knows or shows. */
export function isUnknown(value: PlanValue | undefined): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const [key, ...more] = Object.keys(value);
  return more.length === 0 && (key === "$output" || key === "$lookup" || key === "$secret");
}

/** True where the value is known, and is not `true`: `false`, or left out. */
export const isOff = (value: PlanValue | undefined): boolean => !isUnknown(value) && !isTrue(value);

/** The items; `null` where nobody knows the list. */
export const knownList = (value: PlanValue | undefined): readonly PlanValue[] | null =>
  isUnknown(value) ? null : Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];

/** The texts among the items. */
export const textsOf = (value: PlanValue | undefined): readonly string[] =>
  (knownList(value) ?? []).filter((item) => typeof item === "string");

/** What an environment of Elastic Beanstalk sets an option to; `undefined` where it does not. */
export const beanstalkOption = ({ settings }: Inputs, namespace: string, name: string): PlanValue | undefined =>
  listOf(settings).find((setting) => setting.namespace === namespace && setting.name === name)?.value;
