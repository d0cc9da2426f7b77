/** What an update has to change, and whether it can be done in place. */
import { isDeepStrictEqual } from "node:util";

import { awsType, isKubernetes } from "./types";
import type { Values } from "./values";
import { isRecord } from "./values";

export interface Difference {
  readonly changed: readonly string[];
  /** Those of `changed` that need a new resource. */
  readonly replaces: readonly string[];
  /** The old one has to go first: both would have the same name. */
  readonly deleteFirst: boolean;
}

export function diff(type: string, before: Values, after: Values): Difference {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...keys]
    .filter((key) => !key.startsWith("__") && !isDeepStrictEqual(before[key], after[key]))
    .sort();
  const forceNew = [
    ...(awsType(type)?.forceNew ?? []),
    // the provider's own rule (`capacityProviderStrategyCustomizeDiff`), which no schema tells
    ...(type === "aws:ecs/service:Service" && after.forceNewDeployment !== true ? ["capacityProviderStrategies"] : []),
  ];
  const replaces = changed.filter((key) =>
    forceNew.some((path) => {
      const [head, inner] = path.split(".");
      if (head !== key) return false;
      return inner === undefined || !isDeepStrictEqual(pick(before[key], inner), pick(after[key], inner));
    }),
  );
  return { changed, replaces, deleteFirst: replaces.length > 0 && isNamed(type, after) };
}

/**
 * True where the program itself names the resource. Pulumi's provider then deletes before it creates, for two of one name
 * cannot be (`nameRequiresDeleteBeforeReplace` in pulumi-terraform-bridge).
 */
function isNamed(type: string, inputs: Values): boolean {
  if (isKubernetes(type)) return isRecord(inputs.metadata) && inputs.metadata.name !== undefined;
  const property = awsType(type)?.autoName;
  return property !== null && inputs[property ?? "name"] !== undefined;
}

function pick(value: unknown, key: string): unknown {
  const record: unknown = Array.isArray(value) ? value[0] : value;
  return isRecord(record) ? record[key] : undefined;
}
