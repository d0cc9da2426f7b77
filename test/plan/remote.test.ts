import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import * as awsx from "@pulumi/awsx";

import { RecordingError } from "../../plan/record";
import type { PlanValue } from "../../plan/types";
import { recordResources } from "../support/record";
import { remoteEksProgram } from "../support/remote-eks-program";
import { remoteProgram } from "../support/remote-program";

interface Real {
  readonly urn: string;
  readonly parent: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly dependencies: readonly string[];
  readonly protect?: true;
  readonly retainOnDelete?: true;
  readonly provider?: string;
}

/** The plan's value in the words of the recording; what was looked up has the value that the stand-in gave. */
function words(planned: PlanValue, real: unknown): unknown {
  if (Array.isArray(planned)) return planned.map((item, i) => words(item, (real as unknown[] | undefined)?.[i]));
  if (typeof planned !== "object" || planned === null) return planned;
  if ("$lookup" in planned) return typeof real === "string" && !real.includes("${") ? real : planned;
  const output = planned.$output;
  if (typeof output === "string") return output.includes("${") ? output : `\${${output}}`;
  return Object.fromEntries(
    Object.entries(planned).map(([key, item]) => [
      key,
      words(item, (real as Record<string, unknown> | undefined)?.[key]),
    ]),
  );
}

describe("plan/remote", () => {
  const programs = [
    { provider: "awsx", program: remoteProgram, file: "remote-recorded.json" },
    { provider: "eks", program: remoteEksProgram, file: "remote-eks-recorded.json" },
  ];
  for (const { provider, program, file } of programs) {
    it(`knows what the real ${provider} provider makes, child by child`, () => holds(program, file));
  }

  async function holds(program: () => Record<string, unknown>, file: string): Promise<void> {
    const recorded = JSON.parse(readFileSync(join(__dirname, file), "utf8")) as Real[];
    const plan = await recordResources(program);
    const planned = new Map(plan.resources.filter(({ type }) => !type.startsWith("pulumi:")).map((r) => [r.urn, r]));
    assert.deepEqual([...planned.keys()].sort(), recorded.map(({ urn }) => urn).sort());
    for (const real of recorded) {
      const { inputs, remote, parent, dependencies, options } = planned.get(real.urn)!;
      // the engine keeps no inputs for a remote component
      if (!remote) assert.deepEqual(words(inputs as PlanValue, real.inputs), real.inputs, real.urn);
      assert.equal(parent, real.parent, real.urn);
      assert.deepEqual(dependencies, real.dependencies, real.urn);
      assert.deepEqual(
        { protect: options?.protect, retainOnDelete: options?.retainOnDelete },
        { protect: real.protect, retainOnDelete: real.retainOnDelete },
        real.urn,
      );
      if (!remote) assert.equal(options?.provider, real.provider, real.urn);
    }
  }

  it("refuses arguments that it does not know", async () => {
    await assert.rejects(
      recordResources(() => {
        new awsx.ec2.Vpc("a", { subnetStrategy: "Legacy", assignGeneratedIpv6CidrBlock: true });
        new awsx.ec2.Vpc("b", { subnetStrategy: "Auto", subnetSpecs: [{ type: "Public", cidrMask: 8 }] });
        new awsx.ecr.Image("c", { repositoryUrl: "r", builderVersion: "x" } as unknown as awsx.ecr.ImageArgs);
        new awsx.ecs.FargateService("d", {});
      }),
      (error) => {
        assert.ok(error instanceof RecordingError);
        const text = error.problems.join("\n");
        assert.match(text, /Vpc::a: .*"assignGeneratedIpv6CidrBlock"/);
        assert.match(text, /Vpc::a: .*"Auto", got "Legacy"/);
        assert.match(text, /Vpc::b: the subnets need 16777216 addresses/);
        assert.match(text, /awsx:ecs:FargateService/);
        return true;
      },
    );
  });
});
