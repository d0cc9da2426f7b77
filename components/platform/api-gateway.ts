/** The environment's entry by API Gateway: HTTP APIs, and what they share: a link into the VPC, a registry, an access log. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../app/config/types";
import { environmentPrefix, slug } from "../names";
import type { DnsNames, RecordTarget } from "./dns-names";
import type { PortRange } from "./load-balancers";
import { retentionDays } from "./logs";
import type { Network } from "./network";

export interface ApiGatewayArgs {
  readonly environment: EnvironmentConfig;
  readonly network: () => Network;
  readonly names: () => DnsNames;
}

/** An HTTP API with its one stage. */
export interface HttpApi {
  readonly id: pulumi.Output<string>;
  /** `https://….execute-api.us-east-1.amazonaws.com`; answers nobody where the API has a name. */
  readonly endpoint: pulumi.Output<string>;
}

/** The API of a host. */
export interface NamedApi extends HttpApi {
  /** Where the host's record leads. */
  readonly target: RecordTarget;
  /** What must be there before it does. */
  readonly ready: pulumi.Resource;
}

const NAME_LENGTH = 128;
/** Seconds: nobody asks for the records, but Cloud Map knows a port by nothing else. */
const TTL = 10;

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html */
const ACCESS_LOG = JSON.stringify({
  error: "$context.error.message",
  host: "$context.domainName",
  integrationError: "$context.integrationErrorMessage",
  integrationLatency: "$context.integrationLatency",
  ip: "$context.identity.sourceIp",
  method: "$context.httpMethod",
  path: "$context.path",
  protocol: "$context.protocol",
  requestId: "$context.requestId",
  responseLatency: "$context.responseLatency",
  responseLength: "$context.responseLength",
  route: "$context.routeKey",
  status: "$context.status",
  time: "$context.requestTime",
  userAgent: "$context.identity.userAgent",
});

/**
 * 1 USD for a million requests (of 512 KB each), 0.50 USD a month for the namespace's zone, 1 USD for a million discoveries and
 * 0.50 USD a GB of access log; APIs, names and the link itself cost nothing.
 * https://aws.amazon.com/api-gateway/pricing/, https://aws.amazon.com/cloud-map/pricing/
 */
export class ApiGateway extends pulumi.ComponentResource {
  private shared: ReturnType<ApiGateway["makeShared"]> | undefined;
  private readonly hosts = new Map<string, NamedApi>();
  private readonly opened = new Set<string>();

  constructor(
    private readonly name: string,
    private readonly args: ApiGatewayArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:platform:ApiGateway", name, {}, opts);
    this.registerOutputs({});
  }

  /** The VPC link that all APIs call containers by. */
  get linkId(): pulumi.Output<string> {
    return this.parts.link.id;
  }

  /** The link's security group; only from there may a published container port be reached. */
  get securityGroupId(): pulumi.Output<string> {
    return this.parts.group.id;
  }

  /** A Cloud Map service, in which the APIs find the tasks that ECS registers: addresses and ports of those that are healthy. */
  registry(name: string, opts: pulumi.CustomResourceOptions): aws.servicediscovery.Service {
    return new aws.servicediscovery.Service(
      name,
      {
        name: slug(name, 63),
        dnsConfig: {
          namespaceId: this.parts.namespace.id,
          routingPolicy: "MULTIVALUE",
          // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html
          dnsRecords: [{ type: "SRV", ttl: TTL }],
        },
        // the value is AWS's own and the only one; without it the provider asks for no check at all (pulumi-aws#6289)
        healthCheckCustomConfig: { failureThreshold: 1 },
        forceDestroy: true, // what is registered is a task, which ECS takes out as it ends
      },
      opts,
    );
  }

  /** The API of a host, with its name and certificate: made once, for all apps that share the host by paths. */
  ofHost(host: string): NamedApi {
    const known = this.hosts.get(host);
    if (known) return known;
    const made = this.makeNamed(host);
    this.hosts.set(host, made);
    return made;
  }

  /** An API with its stage. `host`: the name that leads to it, so that AWS's own endpoint answers nobody. */
  make(name: string, host: string | null, opts: pulumi.CustomResourceOptions) {
    const api = new aws.apigatewayv2.Api(
      name,
      {
        // need not be unique, and a host may be longer than what AWS takes
        name: `${environmentPrefix(this.args.environment.name)} ${host ?? name}`.slice(0, NAME_LENGTH),
        protocolType: "HTTP",
        disableExecuteApiEndpoint: host !== null,
      },
      opts,
    );
    const stage = new aws.apigatewayv2.Stage(
      name,
      {
        apiId: api.id,
        name: "$default",
        autoDeploy: true,
        accessLogSettings: { destinationArn: this.parts.logs.arn, format: ACCESS_LOG },
      },
      opts,
    );
    return { id: api.id, endpoint: api.apiEndpoint, stage };
  }

  /** Lets the link call container ports in the network; once for all apps, for AWS takes each rule once. */
  allowTo({ from, to }: PortRange): void {
    const key = from === to ? String(from) : `${from}-${to}`;
    if (this.opened.has(key)) return;
    this.opened.add(key);
    new aws.vpc.SecurityGroupEgressRule(
      `${this.name}-to-${key}`,
      {
        securityGroupId: this.securityGroupId,
        cidrIpv4: this.args.network().cidrBlock,
        ipProtocol: "tcp",
        fromPort: from,
        toPort: to,
      },
      { parent: this },
    );
  }

  private get parts() {
    return (this.shared ??= this.makeShared());
  }

  private makeShared() {
    const { environment } = this.args;
    const network = this.args.network();
    const opts = { parent: this };
    const group = new aws.ec2.SecurityGroup(
      this.name,
      { vpcId: network.vpcId, description: "HTTP of the apps, by API Gateway" },
      opts,
    );
    const link = new aws.apigatewayv2.VpcLink(
      this.name,
      { securityGroupIds: [group.id], subnetIds: network.privateSubnetIds },
      opts,
    );
    const prefix = environmentPrefix(environment.name);
    const namespace = new aws.servicediscovery.PrivateDnsNamespace(
      this.name,
      { name: `${slug(prefix, 50)}.internal`, vpc: network.vpcId, description: `tasks that APIs of ${prefix} lead to` },
      opts,
    );
    const logs = new aws.cloudwatch.LogGroup(
      this.name,
      {
        // under this prefix the account's policy for such logs does not grow with each group
        // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
        name: `/aws/vendedlogs/${pulumi.getProject()}/${environment.name}/entry`,
        retentionInDays: retentionDays(environment),
      },
      opts,
    );
    return { group, link, namespace, logs };
  }

  private makeNamed(host: string): NamedApi {
    const name = `${this.name}-${host}`;
    const opts = { parent: this };
    const { id, endpoint, stage } = this.make(name, host, opts);
    const domain = new aws.apigatewayv2.DomainName(
      name,
      {
        domainName: host,
        domainNameConfiguration: {
          certificateArn: this.args.names().certificateArn(host),
          endpointType: "REGIONAL",
          securityPolicy: "TLS_1_2",
        },
      },
      opts,
    );
    const ready = new aws.apigatewayv2.ApiMapping(name, { apiId: id, domainName: domain.id, stage: stage.id }, opts);
    const { targetDomainName, hostedZoneId } = domain.domainNameConfiguration;
    return { id, endpoint, target: { aliasName: targetDomainName, aliasZoneId: hostedZoneId }, ready };
  }
}
