/**
 * What a plan is measured against: a process that loads the SDK and the provider packages (its further arguments) and
 * registers so many resources (its first) under the SDK's own mocks.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const count = Number(process.argv[2]);
// eslint-disable-next-line @typescript-eslint/no-require-imports -- which packages is only known here
for (const name of process.argv.slice(3)) require(name);

const mocks: pulumi.runtime.Mocks = {
  newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: { ...(inputs as object), arn: `arn:${name}` } }),
  call: () => {
    throw new Error("no function is called here");
  },
};

/** One resource of the kinds that a hosted app consists of. */
function makeResource(i: number, parent: pulumi.Resource): void {
  const name = `r${i}`;
  const tags = { app: "shop", environment: "dev" };
  switch (i % 4) {
    case 0:
      new aws.ec2.SecurityGroup(name, { vpcId: "vpc-1", description: name, tags }, { parent });
      break;
    case 1:
      new aws.iam.Role(
        name,
        { assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: [] }), tags },
        { parent },
      );
      break;
    case 2:
      new aws.cloudwatch.LogGroup(name, { retentionInDays: 14, tags }, { parent });
      break;
    default:
      new aws.ecs.TaskDefinition(
        name,
        {
          family: name,
          cpu: "256",
          memory: "512",
          networkMode: "awsvpc",
          requiresCompatibilities: ["FARGATE"],
          containerDefinitions: JSON.stringify([
            { name: "web", image: "nginx", portMappings: [{ containerPort: 80 }] },
          ]),
          tags,
        },
        { parent },
      );
  }
}

class Parent extends pulumi.ComponentResource {
  constructor(name: string) {
    super("spectrum:bench:Parent", name);
    this.registerOutputs({});
  }
}

async function main(): Promise<void> {
  await pulumi.runtime.setMocks(mocks, "spectrum", "dev", true);
  await pulumi.runtime.runInPulumiStack(() => {
    const parent = new Parent("parent");
    // the stack and the component are two of them
    for (let i = 0; i < count - 2; i++) makeResource(i, parent);
    return Promise.resolve();
  });
  await pulumi.runtime.disconnect();
}

void main();
