/** What lets the entry's load balancers into a cluster's pods: rules of its security group, each once for all apps. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

export class EntryRules {
  private readonly rules = new Map<string, pulumi.Resource>();

  constructor(
    private readonly name: string,
    private readonly securityGroupId: pulumi.Output<string>,
    private readonly opts: pulumi.CustomResourceOptions,
  ) {}

  /** AWS takes each rule once. */
  allow(
    balancer: "http" | "stream",
    groupId: pulumi.Output<string>,
    port: number,
    protocol: "tcp" | "udp",
  ): pulumi.Resource {
    const key = `from-${balancer}-${port}-${protocol}`;
    const known = this.rules.get(key);
    if (known) return known;
    const rule = new aws.vpc.SecurityGroupIngressRule(
      `${this.name}-${key}`,
      {
        securityGroupId: this.securityGroupId,
        referencedSecurityGroupId: groupId,
        ipProtocol: protocol,
        fromPort: port,
        toPort: port,
        description: "from the entry",
      },
      this.opts,
    );
    this.rules.set(key, rule);
    return rule;
  }
}
