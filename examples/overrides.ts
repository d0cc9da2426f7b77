import * as pulumi from "@pulumi/pulumi";
import type { OverrideHook } from "../stacks/overrides";

interface Container {
  readonly name: string;
}

/** The shop's tasks start with whatever image a tag names at that moment. The containers are one JSON text, which no list can merge into. */
export const override: OverrideHook = ({ type, app, inputs }) => {
  if (type !== "aws:ecs/taskDefinition:TaskDefinition" || app !== "shop") return undefined;
  const containers = pulumi
    .output(inputs.containerDefinitions as pulumi.Input<string>)
    .apply((text) =>
      (JSON.parse(text) as readonly Container[]).map((container) => ({ ...container, versionConsistency: "disabled" })),
    );
  return { set: { containerDefinitions: pulumi.jsonStringify(containers) } };
};
