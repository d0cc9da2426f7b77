/** The environment's EKS cluster: control plane, nodes or Fargate profiles, add-ons and controllers; made once for all apps. */
import * as aws from "@pulumi/aws";
import * as eks from "@pulumi/eks";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../../app/config/types";
import { allow, inlinePolicy } from "../../iam";
import { childName, partitionOf, slug } from "../../names";
import { retentionDays } from "../logs";
import type { Network } from "../network";
import { accessEntries } from "./access";
import { addon } from "./addons";
import {
  AUTOSCALER_ACCOUNT,
  autoscalerStatements,
  clusterAutoscaler,
  fargateLogging,
  LOAD_BALANCER_ACCOUNT,
  loadBalancerController,
  loadBalancerStatements,
} from "./controllers";
import { type ClusterDemand, type Compute, isScaled, uses } from "./demand";
import { EntryRules } from "./entry-rules";
import { nodeGroups } from "./fleet";
import { ALL_FILES } from "./fluent-bit";
import { logPlace, logStatements, nodeLogs } from "./node-logs";
import { cachePolicy, clusterName, makeNodes } from "./nodes";
import { INSIGHTS_ADDON, insightsAddon } from "./insights";
import { addonRole, type PodIdentity, podRole } from "./pod-roles";

/** What a protected environment's control plane logs. */
const PROTECTED_LOGS = ["api", "audit", "authenticator"] as const;
/** The storage class of volumes on EBS. */
export const GP3_CLASS = "spectrum-gp3";
const LOGGING_NAMESPACE = "amazon-cloudwatch";

export interface EksCluster {
  readonly name: pulumi.Output<string>;
  /** `https://…`, of its API. */
  readonly endpoint: pulumi.Output<string>;
  /** The certificate that its API is known by, in Base64. */
  readonly certificateAuthority: pulumi.Output<string>;
  /** What every Kubernetes resource is registered with: the default provider would be the user's own cluster. */
  readonly provider: kubernetes.Provider;
  /** The group of the control plane, of nodes, and of Fargate's pods that have none of their own. */
  readonly securityGroupId: pulumi.Output<string>;
  /** What a pod must wait for: nodes, and the add-ons that it needs to start. */
  readonly ready: readonly pulumi.Resource[];
  /** What registers pods in target groups; it must be there until the last binding is gone. */
  readonly controller: readonly pulumi.Resource[];
  identity(namespace: string, serviceAccount: string, compute: Compute): PodIdentity;
  /** Lets a load balancer call a port of the pods; once for all apps, for AWS takes each rule once. */
  allowFrom(
    balancer: "http" | "stream",
    groupId: pulumi.Output<string>,
    port: number,
    protocol: "tcp" | "udp",
  ): pulumi.Resource;
  /** The Fargate profile of an app's namespace, one after the other: AWS makes and deletes one at a time. */
  fargateProfile(namespace: string): pulumi.Resource;
}

export interface EksClusterArgs {
  readonly environment: EnvironmentConfig;
  readonly network: Network;
  readonly demands: readonly ClusterDemand[];
}

/** Seconds that AWS may take for a profile, whose pods it drains. */
const PROFILE_TIMEOUT = "30m";

/**
 * 73 USD a month for the control plane, whatever runs on it; nodes and Fargate's pods come on top. AWS encrypts all of
 * Kubernetes' data with a key of its own; a key of one's own would be 1 USD a month and nothing safer. The API is reached
 * from the network and, by who has a role for it, from the internet: Pulumi and Step Functions call it there.
 */
export class SharedEksCluster extends pulumi.ComponentResource implements EksCluster {
  readonly name: pulumi.Output<string>;
  readonly endpoint: pulumi.Output<string>;
  readonly certificateAuthority: pulumi.Output<string>;
  readonly provider: kubernetes.Provider;
  readonly securityGroupId: pulumi.Output<string>;
  readonly ready: readonly pulumi.Resource[];
  readonly controller: readonly pulumi.Resource[];
  private readonly cluster: eks.Cluster;
  private readonly issuer: pulumi.Output<string>;
  private readonly entryRules: EntryRules;
  private readonly accountId: pulumi.Output<string>;
  private readonly hasNodes: boolean;
  private executionRole: { readonly role: aws.iam.Role; readonly ready: readonly pulumi.Resource[] } | undefined;
  private oidcProvider: aws.iam.OpenIdConnectProvider | undefined;
  private lastProfile: aws.eks.FargateProfile | undefined;

  constructor(
    private readonly logicalName: string,
    private readonly args: EksClusterArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:platform:EksCluster", logicalName, {}, opts);
    this.hasNodes = args.demands.some(({ compute }) => compute === "nodes");
    this.accountId = aws.getCallerIdentityOutput({}, { parent: this }).accountId;
    this.cluster = this.makeControlPlane();
    const { eksCluster } = this.cluster;
    this.name = eksCluster.name;
    this.endpoint = eksCluster.endpoint;
    this.certificateAuthority = eksCluster.certificateAuthority.apply(({ data }) => data);
    this.issuer = eksCluster.identities.apply((identities) => identities[0]?.oidcs?.[0]?.issuer ?? "");
    this.securityGroupId = eksCluster.vpcConfig.apply(({ clusterSecurityGroupId }) => clusterSecurityGroupId);
    this.entryRules = new EntryRules(logicalName, this.securityGroupId, { parent: this });
    this.provider = this.makeProvider();
    const { eks: access } = args.environment.platform;
    accessEntries(
      logicalName,
      { ...access, clusterName: this.name, region: args.environment.region },
      { parent: this },
    );
    const compute = this.hasNodes ? this.makeNodes() : this.makeFargateBase();
    this.ready = [...compute, ...this.makeLogging(compute)];
    this.controller = [this.makeController(compute)];
    this.registerOutputs({ name: this.name, securityGroupId: this.securityGroupId });
  }

  identity(namespace: string, serviceAccount: string, compute: Compute): PodIdentity {
    const oidc = () => ({ arn: this.openIdProvider().arn, issuer: this.issuer });
    return { clusterName: this.name, namespace, serviceAccount, compute, oidc };
  }

  allowFrom(...rule: Parameters<EksCluster["allowFrom"]>): pulumi.Resource {
    return this.entryRules.allow(...rule);
  }

  fargateProfile(namespace: string): pulumi.Resource {
    const { role, ready } = this.podExecutionRole();
    this.lastProfile = new aws.eks.FargateProfile(
      `${this.logicalName}-${namespace}`,
      {
        clusterName: this.name,
        // AWS keeps names that start with eks- to itself
        fargateProfileName: slug(`spectrum-${namespace}`, 100),
        podExecutionRoleArn: role.arn,
        subnetIds: this.args.network.privateSubnetIds,
        selectors: [{ namespace }],
      },
      {
        parent: this,
        customTimeouts: { create: PROFILE_TIMEOUT, delete: PROFILE_TIMEOUT },
        dependsOn: [...ready, ...(this.lastProfile ? [this.lastProfile] : [])],
      },
    );
    return this.lastProfile;
  }

  private makeControlPlane(): eks.Cluster {
    const { environment, network } = this.args;
    const name = clusterName(environment);
    const { version, publicAccessCidrs, ...said } = environment.platform.eks;
    const logTypes = said.logTypes ?? (environment.protected ? PROTECTED_LOGS : []);
    // EKS would make it by itself, without an end to what it keeps
    const logs = new aws.cloudwatch.LogGroup(
      `${this.logicalName}-control-plane`,
      { name: `/aws/eks/${name}/cluster`, retentionInDays: retentionDays(environment) },
      { parent: this },
    );
    return new eks.Cluster(
      this.logicalName,
      {
        name,
        version,
        // at the end of its standard support AWS raises the version; others pay 0.60 USD an hour from then on
        upgradePolicy: { supportType: "STANDARD" },
        authenticationMode: eks.AuthenticationMode.Api,
        vpcId: network.vpcId,
        privateSubnetIds: network.privateSubnetIds,
        // public access is AWS's default: said here, the component would call the new cluster for five minutes
        endpointPrivateAccess: true,
        // 0.50 USD a GB, and audit logs are many
        ...(logTypes.length > 0 && { enabledClusterLogTypes: [...logTypes] }),
        ...(publicAccessCidrs.length > 0 && { publicAccessCidrs: [...publicAccessCidrs] }),
        deletionProtection: environment.protected,
        skipDefaultNodeGroup: true,
        skipDefaultSecurityGroups: true,
        // the add-ons are the program's own, so that they come before nodes and go after them
        bootstrapSelfManagedAddons: false,
        useDefaultVpcCni: true,
        kubeProxyAddonOptions: { enabled: false },
        corednsAddonOptions: { enabled: false },
        // it would open a connection while it is made; the provider below does not
        createOidcProvider: false,
        // the group's name, so that it is there before the cluster writes to it
        clusterTags: { Logs: logs.name },
      },
      { parent: this },
    );
  }

  /** Calls `aws eks get-token` for each login: the AWS CLI must be where Pulumi runs. */
  private makeProvider(): kubernetes.Provider {
    return new kubernetes.Provider(this.logicalName, { kubeconfig: this.cluster.kubeconfigJson }, { parent: this });
  }

  private addon(
    name: string,
    more: { configuration?: Record<string, unknown>; roles?: Record<string, pulumi.Output<string>> },
    dependsOn: readonly pulumi.Resource[],
  ) {
    return addon(
      this.logicalName,
      { clusterName: this.name, kubernetesVersion: this.args.environment.platform.eks.version, addon: name, ...more },
      { parent: this, dependsOn: [...dependsOn] },
    );
  }

  /** Network, proxy and identity before the nodes, which need them to be ready; all else after. */
  private makeNodes(): readonly pulumi.Resource[] {
    const { environment, network, demands } = this.args;
    const cni = this.addon("vpc-cni", { configuration: { enableNetworkPolicy: "true" } }, []);
    const before = [cni, this.addon("kube-proxy", {}, []), this.addon("eks-pod-identity-agent", {}, [])];
    const scaled = isScaled(demands);
    const egress = environment.platform.egress ?? "public";
    const nodes = makeNodes(
      this.logicalName,
      {
        environment,
        clusterName: this.name,
        subnetIds: network.tasks(egress).subnetIds,
        kubernetesVersion: this.args.environment.platform.eks.version,
        groups: nodeGroups(demands, {
          fewest: environment.protected ? network.zones : 1,
          insights: environment.platform.insights !== "off",
        }),
        scaled,
        dependsOn: before,
      },
      { parent: this },
    );
    const after = [
      this.addon("coredns", {}, nodes),
      this.addon("metrics-server", {}, nodes),
      ...this.storage(nodes),
      ...this.insights(nodes),
    ];
    return [...nodes, ...after, ...(scaled ? [this.makeAutoscaler(nodes)] : [])];
  }

  private insights(nodes: readonly pulumi.Resource[]): readonly pulumi.Resource[] {
    const { environment } = this.args;
    if (environment.platform.insights === "off") return [];
    const { ready, ...settings } = insightsAddon(
      `${this.logicalName}-insights`,
      { environment, cluster: clusterName(environment) },
      { parent: this },
    );
    return [this.addon(INSIGHTS_ADDON, settings, [...nodes, ...ready])];
  }

  /** Drivers of volumes, only where an app has volumes of their kind. */
  private storage(nodes: readonly pulumi.Resource[]): readonly pulumi.Resource[] {
    const { demands } = this.args;
    const made: pulumi.Resource[] = [];
    if (uses(demands, "efs")) {
      const roles = { "efs-csi-node-sa": this.driverRole("efs", "efs-csi-node-sa") };
      made.push(this.addon("aws-efs-csi-driver", { roles }, nodes));
    }
    if (uses(demands, "ebs")) {
      const roles = { "ebs-csi-controller-sa": this.driverRole("ebs", "ebs-csi-controller-sa") };
      const driver = this.addon("aws-ebs-csi-driver", { roles }, nodes);
      made.push(driver, this.storageClass(driver));
    }
    return made;
  }

  /** The role that a driver's add-on is given. */
  private driverRole(kind: "efs" | "ebs", account: string): pulumi.Output<string> {
    const { environment } = this.args;
    const { region } = environment;
    const name = `${this.logicalName}-${kind}`;
    const role = addonRole(name, account, { parent: this });
    if (kind === "ebs") {
      const policyArn = `arn:${partitionOf(region)}:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy`;
      const attached = new aws.iam.RolePolicyAttachment(name, { role: role.name, policyArn }, { parent: this });
      return pulumi.all([role.arn, attached.id]).apply(([roleArn]) => roleArn);
    }
    // mounts what the environment's apps have, and makes nothing
    const systems = pulumi.interpolate`arn:${partitionOf(region)}:elasticfilesystem:${region}:${this.accountId}:file-system/*`;
    const statements = [
      {
        ...allow(
          ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientRootAccess", "elasticfilesystem:ClientWrite"],
          [systems],
        ),
        Condition: { StringEquals: { "aws:ResourceTag/Environment": environment.name } },
      },
    ];
    inlinePolicy(name, { role, statements }, { parent: this });
    return role.arn;
  }

  private storageClass(driver: pulumi.Resource): pulumi.Resource {
    return new kubernetes.storage.v1.StorageClass(
      `${this.logicalName}-gp3`,
      {
        metadata: { name: GP3_CLASS },
        provisioner: "ebs.csi.aws.com",
        parameters: { type: "gp3", encrypted: "true" },
        allowVolumeExpansion: true,
        reclaimPolicy: "Delete",
        // a disk is in one zone: the pod's
        volumeBindingMode: "WaitForFirstConsumer",
      },
      { parent: this, provider: this.provider, dependsOn: [driver] },
    );
  }

  /**
   * Without nodes DNS and the controller run on Fargate too, or they would wait for a node for ever. Fargate brings its own
   * network and proxy.
   */
  private makeFargateBase(): readonly pulumi.Resource[] {
    const profile = this.fargateProfile("kube-system");
    const before = [profile];
    const dns = this.addon("coredns", { configuration: { computeType: "Fargate" } }, before);
    const metrics = this.addon("metrics-server", {}, before);
    return [profile, dns, metrics];
  }

  private makeController(compute: readonly pulumi.Resource[]): pulumi.Resource {
    const { environment, network } = this.args;
    const { region } = environment;
    const name = childName(this.logicalName, "load-balancer-controller");
    const identity = this.identity("kube-system", LOAD_BALANCER_ACCOUNT, this.hasNodes ? "nodes" : "fargate");
    const role = podRole(
      name,
      { identity, statements: loadBalancerStatements(region, this.accountId) },
      { parent: this },
    );
    return loadBalancerController(
      this.logicalName,
      { clusterName: this.name, region, vpcId: network.vpcId, replicas: environment.protected ? 2 : 1, role },
      { parent: this, provider: this.provider, dependsOn: [...compute, ...role.ready] },
    );
  }

  private makeAutoscaler(nodes: readonly pulumi.Resource[]): pulumi.Resource {
    const { environment } = this.args;
    const tag = clusterName(environment);
    const role = podRole(
      childName(this.logicalName, "autoscaler"),
      {
        identity: this.identity("kube-system", AUTOSCALER_ACCOUNT, "nodes"),
        statements: autoscalerStatements(environment.region, this.accountId, tag),
      },
      { parent: this },
    );
    return clusterAutoscaler(
      this.logicalName,
      { clusterName: this.name, region: environment.region, tag },
      { parent: this, provider: this.provider, dependsOn: [...nodes, ...role.ready] },
    );
  }

  /** Fluent Bit on the nodes, AWS's own router on Fargate; each app's log groups are its own. */
  private makeLogging(compute: readonly pulumi.Resource[]): readonly pulumi.Resource[] {
    const { environment, demands } = this.args;
    const place = logPlace(environment);
    const of = (kind: Compute) => demands.filter((demand) => demand.compute === kind);
    const opts = { parent: this, provider: this.provider };
    const made: pulumi.Resource[] = [];
    if (of("fargate").length > 0) made.push(fargateLogging(this.logicalName, { demands: of("fargate"), place }, opts));
    if (!this.hasNodes) return made;
    const logs = {
      environment,
      accountId: this.accountId,
      cluster: this,
      demands: of("nodes"),
      namespace: LOGGING_NAMESPACE,
      state: "/var/fluent-bit/state",
      files: ALL_FILES,
    };
    return [...made, nodeLogs(this.logicalName, logs, { ...opts, dependsOn: compute })];
  }

  /** The role that Fargate pulls images and writes logs with, for profiles of this cluster alone. */
  private podExecutionRole() {
    if (this.executionRole) return this.executionRole;
    const { environment } = this.args;
    const { region } = environment;
    const name = `${this.logicalName}-pod-execution`;
    const profiles = pulumi.interpolate`arn:${partitionOf(region)}:eks:${region}:${this.accountId}:fargateprofile/${clusterName(environment)}/*`;
    const role = new aws.iam.Role(
      name,
      {
        assumeRolePolicy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "eks-fargate-pods.amazonaws.com" },
              Action: "sts:AssumeRole",
              Condition: { ArnLike: { "aws:SourceArn": profiles } },
            },
          ],
        }),
      },
      { parent: this },
    );
    const policyArn = `arn:${partitionOf(region)}:iam::aws:policy/AmazonEKSFargatePodExecutionRolePolicy`;
    const ready = [
      new aws.iam.RolePolicyAttachment(name, { role: role.name, policyArn }, { parent: this }),
      inlinePolicy(`${name}-logs`, { role, statements: logStatements(environment, this.accountId) }, { parent: this }),
      ...cachePolicy(name, role, environment, { parent: this }),
    ];
    return (this.executionRole = { role, ready });
  }

  private openIdProvider(): aws.iam.OpenIdConnectProvider {
    return (this.oidcProvider ??= new aws.iam.OpenIdConnectProvider(
      this.logicalName,
      { url: this.issuer, clientIdLists: ["sts.amazonaws.com"] },
      { parent: this },
    ));
  }
}
