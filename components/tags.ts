/** Tags on everything that takes tags, so that bills and people can tell environments and apps apart. */
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../app/config/types";
import { environmentPrefix } from "./names";

export type Tags = Readonly<Record<string, string>>;

/** What each resource of an environment carries: `Project`, `Environment`, and `spectrum:tags`, which win over them. */
export function environmentTags({ name, tags }: Pick<EnvironmentConfig, "name" | "tags">): Tags {
  return { Project: pulumi.getProject(), Environment: name, ...tags };
}

/** What the environment's backups find a resource by that holds data; no tag where the config asks for none. */
export function backupTag({ name, platform }: Pick<EnvironmentConfig, "name" | "platform">): Tags {
  return platform.backup === null ? {} : { Backup: environmentPrefix(name) };
}

/**
 * Adds tags to the resource and its children; their own tags win. For the stack:
 * `pulumi.runtime.registerStackTransformation(tagging(environmentTags(environment)))`; for the parts of an app:
 * `{ transformations: [tagging({ App: "shop" })] }`.
 *
 * The tags are inputs like any other, so a plan shows them, which a provider's default tags would not. A component of awsx
 * is given them as an argument, for its children are made by a provider that no transformation of this program reaches.
 */
export function tagging(tags: Tags): pulumi.ResourceTransformation {
  return ({ type, props, opts }) => {
    const inputs = props as Record<string, unknown>;
    if (!takesTags(type, inputs)) return undefined;
    return { props: { ...inputs, tags: merge(tags, inputs.tags as pulumi.Input<Tags> | undefined) }, opts };
  };
}

/**
 * The SDK names every property of a resource, set or not. On AWS `tagsAll` stands beside those `tags` that are a map: an
 * Auto Scaling group's, which are a list, have none.
 */
function takesTags(type: string, inputs: Record<string, unknown>): boolean {
  if (type.startsWith("aws:")) return "tagsAll" in inputs;
  return (type.startsWith("awsx:") || type.startsWith("eks:")) && "tags" in inputs;
}

function merge(tags: Tags, own: pulumi.Input<Tags> | undefined): pulumi.Input<Tags> {
  if (own === undefined) return tags;
  if (pulumi.Output.isInstance(own) || own instanceof Promise) {
    return pulumi.output(own).apply((known) => ({ ...tags, ...known }));
  }
  return { ...tags, ...own };
}
