/** An app on EKS with nodes of the environment's own: a namespace in the shared cluster, a Deployment for each service. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childName } from "../../names";
import type { AppVolume } from "../../platform/volumes";
import { type Admission, attachedGroups, type HostedPods, hostPods } from "../kubernetes/hosting";
import { podsOf } from "../kubernetes/pods";
import type { HostArgs, HostedApp } from "../tier";
import { capacityOf, disksOf } from "./settings";

const EFS_PORT = 2049;

export class EksApp extends pulumi.ComponentResource implements HostedApp {
  readonly services: HostedPods["services"];
  readonly jobs: HostedPods["jobs"];
  readonly outputs: HostedPods["outputs"];
  private volumeRule: pulumi.Resource | undefined;

  constructor(
    private readonly name: string,
    private readonly args: HostArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:tier:Eks", name, {}, opts);
    const { app, placement, platform } = args;
    const hosted = hostPods(
      name,
      args,
      {
        tier: "eks",
        compute: "nodes",
        disks: disksOf(placement),
        capacity: (pod) => capacityOf(app, placement, pod),
        before: platform.eksCluster.ready,
        prepare: () => this.admit(),
      },
      this,
    );

    this.services = hosted.services;
    this.jobs = hosted.jobs;
    this.outputs = hosted.outputs;
    this.registerOutputs({ ...hosted });
  }

  /** Pods share their node's security group: it is opened to the entry, and the network policies say which pod is meant. */
  private admit(): Readonly<Record<string, Admission>> {
    const { app, backing, platform } = this.args;
    const groups = attachedGroups(this.args);
    const services = Object.keys(app.services);
    const { securityGroupId } = platform.eksCluster;
    const before = backing.admit(this.name, { services, securityGroupId }, { parent: this });
    return Object.fromEntries(
      podsOf(app).map((pod): [string, Admission] => {
        const admit = (groups[pod.name] ?? []).flatMap(({ point, protocols, securityGroupId }) =>
          protocols.map((protocol) =>
            platform.eksCluster.allowFrom(
              point.protocol === "http" ? "http" : "stream",
              securityGroupId,
              point.port,
              protocol,
            ),
          ),
        );
        return [pod.name, { before, admit, openVolume: (volume) => [this.openVolume(volume)] }];
      }),
    );
  }

  /** All volumes of an app are on one file system, with one group; the nodes mount them. */
  private openVolume({ securityGroupId }: AppVolume): pulumi.Resource {
    return (this.volumeRule ??= new aws.vpc.SecurityGroupIngressRule(
      childName(this.name, "volumes"),
      {
        securityGroupId,
        referencedSecurityGroupId: this.args.platform.eksCluster.securityGroupId,
        ipProtocol: "tcp",
        fromPort: EFS_PORT,
        toPort: EFS_PORT,
        description: "from the nodes",
      },
      { parent: this },
    ));
  }
}
