/** A cluster that is there already: its nodes, add-ons and controllers are its owner's, and Spectrum brings what is the apps' alone. */
import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../../app/config/types";
import { environmentPrefix, slug } from "../../names";
import type { EksCluster } from "./cluster";
import type { ClusterDemand, Compute } from "./demand";
import { EntryRules } from "./entry-rules";
import { kubeconfig } from "./kubeconfig";
import { nodeLogs } from "./node-logs";
import type { PodIdentity } from "./pod-roles";

export interface ExistingEksClusterArgs {
  /** The cluster's name. */
  readonly cluster: string;
  readonly environment: EnvironmentConfig;
  /** Of apps on nodes: what is on Fargate has been refused. */
  readonly demands: readonly ClusterDemand[];
}

/**
 * Takes an existing cluster by its name. Nothing of it is changed but for rules of its security group, which let the entry in, and
 * what stands in namespaces of the environment's own. docs/eks.md says what has to be there.
 */
export class ExistingEksCluster extends pulumi.ComponentResource implements EksCluster {
  readonly name: pulumi.Output<string>;
  readonly endpoint: pulumi.Output<string>;
  readonly certificateAuthority: pulumi.Output<string>;
  readonly provider: kubernetes.Provider;
  readonly securityGroupId: pulumi.Output<string>;
  readonly ready: readonly pulumi.Resource[];
  /** Its owner's. */
  readonly controller: readonly pulumi.Resource[] = [];
  private readonly rules: EntryRules;

  constructor(
    private readonly logicalName: string,
    private readonly args: ExistingEksClusterArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:platform:EksCluster", logicalName, {}, opts);
    const { cluster, environment } = args;
    const found = aws.eks.getClusterOutput({ name: cluster }, { parent: this });
    this.name = pulumi.output(cluster);
    this.endpoint = found.endpoint;
    this.certificateAuthority = found.certificateAuthorities.apply(([first]) => first?.data ?? "");
    this.securityGroupId = found.vpcConfig.apply(({ clusterSecurityGroupId }) => clusterSecurityGroupId);
    this.rules = new EntryRules(logicalName, this.securityGroupId, { parent: this });
    this.provider = new kubernetes.Provider(
      logicalName,
      { kubeconfig: kubeconfig({ ...this, region: environment.region }) },
      { parent: this },
    );
    this.ready = [this.makeLogging()];
    this.registerOutputs({ name: this.name, securityGroupId: this.securityGroupId });
  }

  identity(namespace: string, serviceAccount: string, compute: Compute): PodIdentity {
    const oidc = () => {
      throw new Error(`${serviceAccount} is on Fargate, which no existing cluster takes`);
    };
    return { clusterName: this.name, namespace, serviceAccount, compute, oidc };
  }

  allowFrom(...rule: Parameters<EksCluster["allowFrom"]>): pulumi.Resource {
    return this.rules.allow(...rule);
  }

  fargateProfile(namespace: string): pulumi.Resource {
    throw new Error(`${namespace} is on Fargate, which no existing cluster takes`);
  }

  /** Of the apps' own containers alone, beside whatever else collects logs there. */
  private makeLogging(): pulumi.Resource {
    const { environment, demands } = this.args;
    const namespace = slug(`${environmentPrefix(environment.name)}-logging`, 63);
    return nodeLogs(
      this.logicalName,
      {
        environment,
        accountId: aws.getCallerIdentityOutput({}, { parent: this }).accountId,
        cluster: this,
        demands,
        namespace,
        state: `/var/fluent-bit/${namespace}`,
        files: { read: demands.map((demand) => `/var/log/containers/*_${demand.namespace}_*.log`), not: [] },
      },
      { parent: this, provider: this.provider, dependsOn: [] },
    );
  }
}
