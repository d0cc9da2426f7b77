/**
 * Attaches capacity providers to the environment's cluster, one by one, and detaches each in its turn.
 *
 * AWS has one call for all providers of a cluster, and it refuses to leave one out that a service still uses. Pulumi changes
 * what stays before it deletes what goes, so a list without the provider would always come too early: with services on it the
 * update would be refused for ever (terraform-provider-aws#14393, #29152). Here each provider has a resource of its own that
 * calls a function when it is made, and again when it is deleted: after the services, and before the provider.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../app/config/types";
import { allow, inlinePolicy, trustPolicy } from "../iam";
import { logGroup } from "./logs";

export interface PoolAttachmentsArgs {
  readonly environment: EnvironmentConfig;
  readonly cluster: { readonly arn: pulumi.Output<string>; readonly ready: readonly pulumi.Resource[] };
}

/** Seconds that the function may take: it tries again while its role is new, and while tasks stop. */
const TIMEOUT = 300;

/** Tried for nearly five minutes. `tf.action` is what Pulumi's provider adds to the input: create, update or delete. */
const CODE = `import { DescribeClustersCommand, ECSClient, PutClusterCapacityProvidersCommand } from "@aws-sdk/client-ecs";

const ecs = new ECSClient({});
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

export async function handler({ cluster, provider, tf }) {
  const attached = tf?.action !== "delete";
  for (let attempt = 1; ; attempt++) {
    try {
      const { clusters = [] } = await ecs.send(new DescribeClustersCommand({ clusters: [cluster] }));
      const found = clusters.find(({ status }) => status === "ACTIVE");
      if (!found && !attached) return { cluster: "gone" };
      if (!found) throw new Error("there is no cluster " + cluster);
      const { capacityProviders = [], defaultCapacityProviderStrategy = [] } = found;
      if (capacityProviders.includes(provider) === attached) return { capacityProviders };
      const others = capacityProviders.filter((name) => name !== provider);
      await ecs.send(
        new PutClusterCapacityProvidersCommand({
          cluster,
          capacityProviders: attached ? [...others, provider] : others,
          defaultCapacityProviderStrategy,
        }),
      );
    } catch (error) {
      if (attempt >= 28) throw error;
    }
    await pause(10);
  }
}
`;

export class PoolAttachments extends pulumi.ComponentResource {
  private readonly attach: aws.lambda.Function;
  private readonly ready: readonly pulumi.Resource[];
  private last: aws.lambda.Invocation | undefined;
  private trunking: aws.ecs.AccountSettingDefault | undefined;

  constructor(
    private readonly name: string,
    private readonly args: PoolAttachmentsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:platform:PoolAttachments", name, {}, opts);
    const { environment, cluster } = args;
    const logs = logGroup(name, { environment, path: ["_platform", "capacity"] }, { parent: this });
    const role = new aws.iam.Role(name, { assumeRolePolicy: trustPolicy("lambda.amazonaws.com") }, { parent: this });
    const statements = [
      allow(["ecs:DescribeClusters", "ecs:PutClusterCapacityProviders"], [cluster.arn]),
      allow(["logs:CreateLogStream", "logs:PutLogEvents"], [pulumi.interpolate`${logs.arn}:*`]),
    ];
    const policy = inlinePolicy(name, { role, statements }, { parent: this });
    this.attach = new aws.lambda.Function(
      name,
      {
        description: "attaches and detaches the capacity providers of the cluster",
        role: role.arn,
        runtime: "nodejs22.x",
        architectures: ["arm64"],
        handler: "index.handler",
        code: new pulumi.asset.AssetArchive({ "index.mjs": new pulumi.asset.StringAsset(CODE) }),
        timeout: TIMEOUT,
        memorySize: 256,
        loggingConfig: { logFormat: "Text", logGroup: logs.name },
      },
      { parent: this, dependsOn: [policy] },
    );
    this.ready = [policy, ...cluster.ready];
    this.registerOutputs({ functionName: this.attach.name });
  }

  /**
   * The account's own setting, in this region: more network interfaces for the instances that start from now on, in every
   * environment of the account. Made once; without it the account is as it was before.
   */
  enableTrunking(): aws.ecs.AccountSettingDefault {
    const value = { name: "awsvpcTrunking", value: "enabled" };
    return (this.trunking ??= new aws.ecs.AccountSettingDefault(`${this.name}-trunking`, value, { parent: this }));
  }

  /** What a service on the provider must wait for. One after the other, since each call names all that are attached. */
  add(name: string, provider: pulumi.Output<string>): aws.lambda.Invocation {
    const made = new aws.lambda.Invocation(
      name,
      {
        functionName: this.attach.name,
        input: pulumi.jsonStringify({ cluster: this.args.cluster.arn, provider }),
        lifecycleScope: "CRUD",
      },
      {
        parent: this,
        // another provider is attached before the old one is detached
        replaceOnChanges: ["input"],
        dependsOn: [...this.ready, ...(this.last ? [this.last] : [])],
      },
    );
    this.last = made;
    return made;
  }
}
