/** An environment that pushes what it builds to another's repositories: its plan asks nobody. */
import assert from "node:assert/strict";
import { planFolder } from "../support/plan-folder";

const LOOKED_UP = { $lookup: "pulumi:pulumi:StackReference" };
const REFERENCE =
  "urn:pulumi:dev::spectrum::spectrum:platform:Platform$pulumi:pulumi:StackReference::platform-repositories";

describe("an environment with another's repositories", () => {
  it("is planned offline: what is built goes where the owner's stack says, and may be pulled from there", async () => {
    const { errors, made, outputs } = await planFolder({
      config: {
        "spectrum:tier": "fargate",
        "spectrum:platform": { registry: { environment: "shared" } },
        "spectrum:apps": { shop: { compose: "compose.yaml" } },
      },
      files: {
        "compose.yaml": "services:\n  web: { build: web, expose: [80] }\n  cache: { image: 'redis:8' }\n",
        "web/Dockerfile": "FROM scratch\n",
      },
    });
    assert.deepEqual(errors, []);
    assert.deepEqual(
      made.resources.filter(({ type }) => type.startsWith("aws:ecr/")),
      [],
    );
    const image = made.one("awsx:ecr:Image");
    assert.deepEqual([image.inputs.repositoryUrl, image.dependencies], [LOOKED_UP, [REFERENCE]]);
    const built = made.one("docker-build:index:Image");
    assert.deepEqual(built.inputs.tags, [{ $lookup: `\${pulumi:pulumi:StackReference}:${image.name}-dev` }]);
    const task = made.one("aws:ecs/taskDefinition:TaskDefinition", "shop-web");
    assert.match(
      JSON.stringify(made.json(task, "containerDefinitions")),
      /"image":\{"\$output":"\$\{pulumi:pulumi:StackReference\}@\$\{[^}]*docker-build:index:Image::[^}]*\.digest\}"\}/,
    );
    const { Statement: statements } = made.json<{ Statement: { Action: string[]; Resource: unknown[] }[] }>(
      made.one("aws:iam/rolePolicy:RolePolicy", "shop-web-execution"),
      "policy",
    );
    const pulls = statements.find(({ Action }) => Action.includes("ecr:BatchGetImage"));
    assert.deepEqual(pulls?.Resource, [LOOKED_UP]);
    assert.equal(outputs.repositories, undefined);
  });
});
