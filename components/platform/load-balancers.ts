/** The environment's load balancers: one for HTTP, one for TCP and UDP, each made when an app asks for it. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../app/config/types";
import type { Network } from "./network";

export interface LoadBalancersArgs {
  readonly environment: EnvironmentConfig;
  readonly network: () => Network;
  /** Ports that CloudFront alone may call. Default: none. */
  readonly closed?: readonly number[];
}

export type BalancerKind = "application" | "network";

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** In logical names: AWS's 32 characters hold Pulumi's random end too. */
const SHORT: Readonly<Record<BalancerKind, string>> = { application: "alb", network: "nlb" };

/** A load balancer, made or existing. */
export interface LoadBalancer {
  readonly arn: pulumi.Output<string>;
  /** `app/name/id` */
  readonly arnSuffix: pulumi.Output<string>;
  readonly dnsName: pulumi.Output<string>;
  /** Route 53's zone of `dnsName`. */
  readonly zoneId: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;
}

/** TLS 1.3 and 1.2 with forward secrecy, and a key exchange that outlasts quantum computers where the client has it. */
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09";
/** Seconds that a connection may be silent: the default of AWS, stated. */
const IDLE_TIMEOUT = 60;
const WORLD = "0.0.0.0/0";
/** CloudFront's addresses, kept by AWS: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html */
const CLOUDFRONT_ADDRESSES = "com.amazonaws.global.cloudfront.origin-facing";

/**
 * An Application Load Balancer is 16.43 USD a month and 5.84 USD for each unit of capacity (about 25 new connections a
 * second); a Network Load Balancer is 16.43 USD and 4.38 USD. Each also has a public address in each zone, 3.65 USD.
 */
export class LoadBalancers extends pulumi.ComponentResource {
  private http: LoadBalancer | undefined;
  private stream: LoadBalancer | undefined;
  private readonly listeners = new Map<number, pulumi.Output<string>>();
  private readonly made = new Map<number, aws.lb.Listener>();
  private readonly certificates = new Set<string>();
  private readonly opened = new Set<string>();

  constructor(
    private readonly name: string,
    private readonly args: LoadBalancersArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:platform:LoadBalancers", name, {}, opts);
    this.registerOutputs({});
  }

  /** The Application Load Balancer: the config's, or one of the environment's own. */
  get application(): LoadBalancer {
    const { loadBalancerArn } = this.args.environment.platform;
    return (this.http ??= loadBalancerArn === null ? this.makeApplication() : this.lookUpApplication(loadBalancerArn));
  }

  /** The Network Load Balancer. */
  get network(): LoadBalancer {
    return (this.stream ??= this.makeNetwork());
  }

  /**
   * ARN of the HTTPS listener, with this host's certificate added; made with the first one as its default, and with a
   * listener on 80 that leads to it.
   */
  httpsListener(host: string, certificateArn: pulumi.Output<string>): pulumi.Output<string> {
    const arn = this.listener(443, () => {
      // who calls a distribution is redirected there
      const opened = this.isClosed(443) ? "nobody" : "as listed";
      this.listener(80, () => this.makeListener(80, { protocol: "HTTP", defaultActions: [REDIRECT] }, opened));
      return this.makeListener(443, {
        protocol: "HTTPS",
        sslPolicy: TLS_POLICY,
        certificateArn,
        defaultActions: [NOT_FOUND],
      });
    });
    this.addCertificate(host, certificateArn, arn);
    return arn;
  }

  /** ARN of the HTTP listener on a port. */
  httpListener(port: number): pulumi.Output<string> {
    return this.listener(port, () => this.makeListener(port, { protocol: "HTTP", defaultActions: [NOT_FOUND] }));
  }

  /** The listener on a port, for who must wait for it; `null` where there is none, or it is an existing one. */
  listenerResource(port: number): pulumi.Resource | null {
    return this.made.get(port) ?? null;
  }

  /** Lets a load balancer call container ports in the network; once for all apps, for AWS takes each rule once. */
  allowTo(kind: BalancerKind, { from, to }: PortRange, protocol: "tcp" | "udp"): void {
    const key = `${SHORT[kind]}-to-${from === to ? from : `${from}-${to}`}-${protocol}`;
    const isExisting = kind === "application" && this.args.environment.platform.loadBalancerArn !== null;
    if (isExisting || this.opened.has(key)) return; // an existing one's security group is its owner's
    this.opened.add(key);
    new aws.vpc.SecurityGroupEgressRule(
      `${this.name}-${key}`,
      {
        securityGroupId: this[kind].securityGroupId,
        cidrIpv4: this.args.network().cidrBlock,
        ipProtocol: protocol,
        fromPort: from,
        toPort: to,
      },
      { parent: this },
    );
  }

  /** Opens a load balancer's port to the world. */
  openToWorld(kind: BalancerKind, port: number, protocol: "tcp" | "udp"): void {
    new aws.vpc.SecurityGroupIngressRule(
      `${this.name}-${SHORT[kind]}-${port}-${protocol}`,
      {
        securityGroupId: this[kind].securityGroupId,
        cidrIpv4: WORLD,
        ipProtocol: protocol,
        fromPort: port,
        toPort: port,
      },
      { parent: this },
    );
  }

  private listener(port: number, make: () => pulumi.Output<string>): pulumi.Output<string> {
    const known = this.listeners.get(port);
    if (known) return known;
    const { loadBalancerArn } = this.args.environment.platform;
    const arn =
      loadBalancerArn === null ? make() : aws.lb.getListenerOutput({ loadBalancerArn, port }, { parent: this }).arn;
    this.listeners.set(port, arn);
    return arn;
  }

  private makeListener(
    port: number,
    args: Pick<aws.lb.ListenerArgs, "protocol" | "sslPolicy" | "certificateArn" | "defaultActions">,
    opened: "as listed" | "nobody" = "as listed",
  ): pulumi.Output<string> {
    const listener = new aws.lb.Listener(
      `${this.name}-${port}`,
      { loadBalancerArn: this.application.arn, port, ...args },
      { parent: this },
    );
    this.made.set(port, listener);
    if (this.isClosed(port)) this.openToCloudFront();
    else if (opened !== "nobody") this.openToWorld("application", port, "tcp");
    return listener.arn;
  }

  private isClosed(port: number): boolean {
    return this.args.closed?.includes(port) ?? false;
  }

  /**
   * One rule from the first to the last of the ports: the list counts for 55 of the 60 rules that a security group takes.
   * https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
   */
  private openToCloudFront(): void {
    const { closed = [] } = this.args;
    const key = `${SHORT.application}-cloudfront`;
    if (this.opened.has(key)) return;
    this.opened.add(key);
    new aws.vpc.SecurityGroupIngressRule(
      `${this.name}-${key}`,
      {
        securityGroupId: this.application.securityGroupId,
        prefixListId: aws.ec2.getManagedPrefixListOutput({ name: CLOUDFRONT_ADDRESSES }, { parent: this }).id,
        ipProtocol: "tcp",
        fromPort: Math.min(...closed),
        toPort: Math.max(...closed),
      },
      { parent: this },
    );
  }

  /** Every host's, the default's too, so that another default changes one property and no attachment. */
  private addCertificate(
    host: string,
    certificateArn: pulumi.Output<string>,
    listenerArn: pulumi.Output<string>,
  ): void {
    if (this.args.environment.platform.certificateArn !== null || this.certificates.has(host)) return;
    this.certificates.add(host);
    new aws.lb.ListenerCertificate(`${this.name}-${host}`, { listenerArn, certificateArn }, { parent: this });
  }

  private makeApplication(): LoadBalancer {
    return this.makeLoadBalancer("application", "HTTP of the apps", {
      loadBalancerType: "application",
      dropInvalidHeaderFields: true,
      idleTimeout: IDLE_TIMEOUT,
    });
  }

  private makeNetwork(): LoadBalancer {
    return this.makeLoadBalancer("network", "TCP and UDP of the apps", {
      loadBalancerType: "network",
      // a service with one replica is in one zone, and clients keep the addresses of all; 0.01 USD a GB between zones
      enableCrossZoneLoadBalancing: true,
    });
  }

  private makeLoadBalancer(kind: BalancerKind, description: string, args: aws.lb.LoadBalancerArgs): LoadBalancer {
    const name = `${this.name}-${SHORT[kind]}`;
    const network = this.args.network();
    const group = new aws.ec2.SecurityGroup(name, { vpcId: network.vpcId, description }, { parent: this });
    const balancer = new aws.lb.LoadBalancer(
      name,
      {
        internal: false,
        subnets: network.publicSubnetIds,
        securityGroups: [group.id],
        enableDeletionProtection: this.args.environment.protected,
        ...args,
      },
      { parent: this },
    );
    const { arn, arnSuffix, dnsName, zoneId } = balancer;
    return { arn, arnSuffix, dnsName, zoneId, securityGroupId: group.id };
  }

  private lookUpApplication(arn: string): LoadBalancer {
    const found = aws.lb.getLoadBalancerOutput({ arn }, { parent: this });
    const { arnSuffix, dnsName, zoneId, securityGroups } = found;
    return {
      arn: pulumi.output(arn),
      arnSuffix,
      dnsName,
      zoneId,
      securityGroupId: securityGroups.apply((ids) => ids[0] ?? ""),
    };
  }
}

const NOT_FOUND: aws.types.input.lb.ListenerDefaultAction = {
  type: "fixed-response",
  fixedResponse: { statusCode: "404", contentType: "text/plain", messageBody: "nothing is published here" },
};

const REDIRECT: aws.types.input.lb.ListenerDefaultAction = {
  type: "redirect",
  redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" },
};
