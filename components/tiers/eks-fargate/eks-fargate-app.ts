/** An app on EKS with Fargate: a namespace of its own with a profile, and each pod on a machine that AWS runs. */
import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childName } from "../../names";
import type { AppVolume } from "../../platform/volumes";
import { type TaskSecurity, taskSecurity } from "../ecs/security";
import { type Admission, attachedGroups, type HostedPods, hostPods } from "../kubernetes/hosting";
import { podLabels } from "../kubernetes/network-policy";
import { namespaceOf, type Pod, podPorts, podsOf, resourceName } from "../kubernetes/pods";
import type { HostArgs, HostedApp } from "../tier";

const EFS_PORT = 2049;
const KUBELET_PORT = 10_250;
const DNS_PORT = 53;

export class EksFargateApp extends pulumi.ComponentResource implements HostedApp {
  readonly services: HostedPods["services"];
  readonly jobs: HostedPods["jobs"];
  readonly outputs: HostedPods["outputs"];
  private readonly volumeRules: Map<string, pulumi.Resource>;

  constructor(
    private readonly name: string,
    private readonly args: HostArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:tier:EksFargate", name, {}, opts);
    this.volumeRules = new Map();
    const { placement, platform } = args;
    const { eksCluster } = platform;
    const profile = eksCluster.fargateProfile(namespaceOf(placement, "fargate"));
    const hosted = hostPods(
      name,
      args,
      {
        tier: "eks-fargate",
        compute: "fargate",
        disks: {},
        capacity: () => "on-demand",
        before: [...eksCluster.ready, profile],
        prepare: (namespace) => this.admit(namespace),
      },
      this,
    );

    this.services = hosted.services;
    this.jobs = hosted.jobs;
    this.outputs = hosted.outputs;
    this.registerOutputs({ ...hosted });
  }

  /**
   * A security group for each kind of pod, as on ECS: network policies do not reach Fargate's pods. Each is also open to
   * the control plane, and may ask the cluster's DNS.
   */
  private admit(namespace: kubernetes.core.v1.Namespace): Readonly<Record<string, Admission>> {
    const { app, platform } = this.args;
    const pods = podsOf(app);
    const security = taskSecurity(
      this.name,
      {
        app: app.name,
        network: platform.network,
        tasks: pods,
        ports: Object.fromEntries(pods.map((pod) => [pod.name, podPorts(app, pod)])),
        callers: attachedGroups(this.args),
      },
      { parent: this },
    );
    return Object.fromEntries(
      pods.map((pod): [string, Admission] => {
        const own = security[pod.name];
        if (!own) throw new Error(`no security group for ${pod.name}`);
        const rules = [...own.rules, ...this.clusterRules(pod, own.group)];
        const services = pod.services.map((service) => service.name);
        const reached = this.args.backing.admit(
          childName(this.name, pod.name),
          { services, securityGroupId: own.group.id },
          { parent: this },
        );
        const policy = this.securityGroupPolicy(pod, own.group, [namespace, ...rules]);
        return [
          pod.name,
          {
            before: [policy, ...reached],
            admit: rules,
            openVolume: (volume) => [this.openVolume(pod, own.group, volume)],
          },
        ];
      }),
    );
  }

  /** https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html */
  private clusterRules(pod: Pod, group: TaskSecurity[string]["group"]): readonly pulumi.Resource[] {
    const { securityGroupId } = this.args.platform.eksCluster;
    const rule = (
      name: string,
      to: pulumi.Output<string>,
      from: pulumi.Output<string>,
      port: number,
      ipProtocol: string,
    ) =>
      new aws.vpc.SecurityGroupIngressRule(
        childName(this.name, pod.name, name),
        { securityGroupId: to, referencedSecurityGroupId: from, ipProtocol, fromPort: port, toPort: port },
        { parent: this },
      );
    return [
      rule("kubelet", group.id, securityGroupId, KUBELET_PORT, "tcp"),
      rule("api", securityGroupId, group.id, 443, "tcp"),
      rule("dns", securityGroupId, group.id, DNS_PORT, "udp"),
      rule("dns-tcp", securityGroupId, group.id, DNS_PORT, "tcp"),
    ];
  }

  /** Before its pods: one that is there already keeps the group that it started with. */
  private securityGroupPolicy(
    pod: Pod,
    group: TaskSecurity[string]["group"],
    dependsOn: pulumi.Resource[],
  ): pulumi.Resource {
    const { placement, platform } = this.args;
    return new kubernetes.apiextensions.CustomResource(
      childName(this.name, pod.name, "security"),
      {
        apiVersion: "vpcresources.k8s.aws/v1beta1",
        kind: "SecurityGroupPolicy",
        metadata: { namespace: namespaceOf(placement, "fargate"), name: resourceName(pod.name) },
        spec: { podSelector: { matchLabels: podLabels(pod) }, securityGroups: { groupIds: [group.id] } },
      },
      { parent: this, provider: platform.eksCluster.provider, dependsOn },
    );
  }

  private openVolume(pod: Pod, group: TaskSecurity[string]["group"], { securityGroupId }: AppVolume): pulumi.Resource {
    const name = childName(this.name, pod.name, "volumes");
    const known = this.volumeRules.get(name);
    if (known) return known;
    const rule = new aws.vpc.SecurityGroupIngressRule(
      name,
      {
        securityGroupId,
        referencedSecurityGroupId: group.id,
        ipProtocol: "tcp",
        fromPort: EFS_PORT,
        toPort: EFS_PORT,
        description: `from ${pod.name}`,
      },
      { parent: this },
    );
    this.volumeRules.set(name, rule);
    return rule;
  }
}
