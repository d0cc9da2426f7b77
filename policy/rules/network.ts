/** Who may call, and by what protocol. Pure. */
import { numberOf } from "../../plan/prices/inputs";
import type { PlanValue } from "../../plan/types";
import type { Inputs, PolicyResource, ResourceRule, StackRule } from "./rule";
import { when } from "./rule";
import type { PolicyStack } from "./stack";
import { beanstalkOption, isOff, isTrue, isUnknown, listOf, mapAt, textOf, textsOf } from "./values";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const LIGHTSAIL_PORTS = "aws:lightsail/instancePublicPorts:InstancePublicPorts";
const LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const LISTENER = "aws:lb/listener:Listener";
const LISTENER_RULE = "aws:lb/listenerRule:ListenerRule";
const BEANSTALK = "aws:elasticbeanstalk/environment:Environment";

/** Ports for administration and of databases: nobody publishes one to everybody on purpose. */
const PRIVATE_PORTS = [22, 1433, 1521, 2375, 2376, 3306, 3389, 5432, 5985, 5986, 6379, 6443, 9200, 10250, 11211, 27017];

/** A range of ports; `null` for all of them. */
interface Opened {
  readonly from: number;
  readonly to: number;
}

const WORLD = new Set(["0.0.0.0/0", "::/0"]);
const isWorld = (...ranges: readonly unknown[]): boolean =>
  ranges.flat().some((range) => typeof range === "string" && WORLD.has(range));

const ALL_PORTS: Opened = { from: 0, to: 65_535 };

function openedPorts({ ipProtocol, protocol = ipProtocol, fromPort, toPort }: Inputs): Opened | null {
  if (protocol === "-1" || protocol === "all") return ALL_PORTS;
  if (isUnknown(fromPort) || isUnknown(toPort)) return null;
  const from = numberOf(fromPort);
  const to = numberOf(toPort) ?? from;
  return from === null || to === null || from < 0 ? ALL_PORTS : { from, to };
}

/** The ports that the resource opens to everybody. */
function openToWorld({ type, inputs }: PolicyResource): readonly Opened[] {
  const opened = (rules: readonly Inputs[], ranges: (rule: Inputs) => readonly unknown[]): readonly Opened[] =>
    rules.filter((rule) => isWorld(...ranges(rule))).flatMap((rule) => openedPorts(rule) ?? []);
  switch (type) {
    case INGRESS:
      return opened([inputs], (rule) => [rule.cidrIpv4, rule.cidrIpv6]);
    case GROUP_RULE:
      return inputs.type === "ingress" ? opened([inputs], (rule) => [rule.cidrBlocks, rule.ipv6CidrBlocks]) : [];
    case GROUP:
      return opened(listOf(inputs.ingress), (rule) => [rule.cidrBlocks, rule.ipv6CidrBlocks]);
    default:
      return opened(listOf(inputs.portInfos), (rule) => [rule.cidrs, rule.ipv6Cidrs]);
  }
}

/** The security groups that the rule is of. */
function groupsOf(resource: PolicyResource): readonly string[] {
  return resource.type === GROUP ? [resource.urn] : resource.references("securityGroupId");
}

/** Every port that a load balancer of one of the groups listens on; `null` where no load balancer has one of them. */
function listenedPorts(groups: readonly string[], stack: PolicyStack): ReadonlySet<number> | null {
  const balancers = stack
    .ofType(LOAD_BALANCER)
    .filter(({ references }) => references("securityGroups").some((urn) => groups.includes(urn)));
  if (balancers.length === 0) return null;
  const listeners = balancers.flatMap((balancer) => stack.referring(LISTENER, "loadBalancerArn", balancer));
  return new Set(listeners.flatMap(({ inputs }) => numberOf(inputs.port) ?? []));
}

/** True for the machine of a single instance of Elastic Beanstalk, which is the entry itself. */
const isSingleInstance = (groups: readonly string[], stack: PolicyStack): boolean =>
  stack
    .ofType(BEANSTALK)
    .some(
      ({ inputs, references }) =>
        references("settings").some((urn) => groups.includes(urn)) &&
        beanstalkOption(inputs, "aws:elasticbeanstalk:environment", "EnvironmentType") === "SingleInstance",
    );

const portsText = ({ from, to }: Opened): string =>
  from === ALL_PORTS.from && to === ALL_PORTS.to
    ? "all ports"
    : from === to
      ? `port ${from}`
      : `ports ${from} to ${to}`;

/** Of a machine that is its own entry: single ports are published, those for administration and of databases never. */
const isPublished = ({ from, to }: Opened): boolean =>
  to - from < 100 && !PRIVATE_PORTS.some((port) => port >= from && port <= to);

const noOpenIngress: StackRule = {
  name: "no-open-ingress",
  scope: "stack",
  severity: "mandatory",
  description: "Nothing is open to the world but the published ports of the entry.",
  remedy: "let the rule take a security group or a range of your own; the world comes through the load balancer",
  source: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
  types: [INGRESS, GROUP_RULE, GROUP, LIGHTSAIL_PORTS],
  check: (resource, stack) => {
    const opened = openToWorld(resource);
    if (opened.length === 0) return [];
    const groups = groupsOf(resource);
    const listened = listenedPorts(groups, stack);
    const isEntry = resource.type === LIGHTSAIL_PORTS || isSingleInstance(groups, stack);
    return opened
      .filter((ports) =>
        listened ? ports.from !== ports.to || !listened.has(ports.from) : !(isEntry && isPublished(ports)),
      )
      .map((ports) => `${portsText(ports)} is open to the world, and no listener of a load balancer is behind it`);
  },
};

const privateDatabases: ResourceRule = {
  name: "private-databases",
  scope: "resource",
  severity: "mandatory",
  description: "A database has no public address.",
  remedy: "set publiclyAccessible to false, and reach it from the network",
  source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_BestPractices.Security.html",
  types: ["aws:rds/instance:Instance", "aws:rds/clusterInstance:ClusterInstance", "aws:lightsail/database:Database"],
  check: ({ inputs }) => when(isTrue(inputs.publiclyAccessible), "publiclyAccessible is true"),
};

/** Lowest first is what AWS has of old; all policies whose name says TLS 1.2 or 1.3 as the least refuse what is below. */
const MODERN_TLS = /^ELBSecurityPolicy-(?:FS-1-2|TLS-1-2|TLS13-1-[23])/u;
const TLS = new Set(["HTTPS", "TLS"]);

/** True for what sends nobody's plain request to the app: a redirect, or an answer of the load balancer's own. */
const isHarmless = (actions: PlanValue | undefined): boolean =>
  isUnknown(actions) ||
  listOf(actions).every(
    (action) => isUnknown(action) || action.type === "redirect" || action.type === "fixed-response",
  );

const tlsListeners: StackRule = {
  name: "tls-listeners",
  scope: "stack",
  severity: "mandatory",
  description:
    "Where a load balancer has a certificate, its port 80 only redirects, and TLS is version 1.2 at the least.",
  remedy: "let port 80 redirect to 443, and take a security policy such as ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
  source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html",
  types: [LISTENER],
  check: (listener, stack) => {
    const { inputs, references } = listener;
    const protocol = textOf(inputs.protocol);
    if (protocol !== null && TLS.has(protocol)) {
      const policy = inputs.sslPolicy;
      const isOld = !isUnknown(policy) && !(typeof policy === "string" && MODERN_TLS.test(policy));
      return when(isOld, `sslPolicy is ${JSON.stringify(policy ?? null)}, which takes TLS below 1.2`);
    }
    const rules = stack.referring(LISTENER_RULE, "listenerArn", listener).map((rule) => rule.inputs.actions);
    if (protocol !== "HTTP" || numberOf(inputs.port) !== 80 || [inputs.defaultActions, ...rules].every(isHarmless))
      return [];
    const balancers = references("loadBalancerArn");
    const hasTls = stack
      .ofType(LISTENER)
      .some(
        (other) =>
          TLS.has(textOf(other.inputs.protocol) ?? "") &&
          other.references("loadBalancerArn").some((urn) => balancers.includes(urn)),
      );
    return when(hasTls, "port 80 answers in plain HTTP, and does not redirect to the port with the certificate");
  },
};

const tlsDistributions: ResourceRule = {
  name: "tls-distributions",
  scope: "resource",
  severity: "mandatory",
  description: "CloudFront answers its viewers by HTTPS alone, by TLS 1.2 at the least.",
  remedy: "set viewerProtocolPolicy to redirect-to-https, and minimumProtocolVersion to TLSv1.2_2021",
  source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-viewers-to-cloudfront.html",
  types: ["aws:cloudfront/distribution:Distribution"],
  check: ({ inputs }) => {
    const behaviors = [...listOf(inputs.defaultCacheBehavior), ...listOf(inputs.orderedCacheBehaviors)];
    const certificate = mapAt(inputs, "viewerCertificate");
    const least = textOf(certificate.minimumProtocolVersion);
    return [
      ...when(
        behaviors.some(({ viewerProtocolPolicy }) => viewerProtocolPolicy === "allow-all"),
        "viewerProtocolPolicy is allow-all, which answers plain HTTP",
      ),
      ...when(least !== null && !/^TLSv1\.[23]/u.test(least), `minimumProtocolVersion is ${JSON.stringify(least)}`),
    ];
  },
};

const clusterEndpoint: ResourceRule = {
  name: "cluster-endpoint",
  scope: "resource",
  severity: "mandatory",
  description: "The nodes of an EKS cluster reach its API inside the network, and it is not open to the world by name.",
  remedy: "set endpointPrivateAccess, and name your own ranges in publicAccessCidrs (spectrum:platform.eks) or none",
  source: "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html",
  types: ["aws:eks/cluster:Cluster"],
  check: ({ inputs }) => {
    const { endpointPrivateAccess, publicAccessCidrs } = mapAt(inputs, "vpcConfig");
    return [
      ...when(!isUnknown(inputs.vpcConfig) && isOff(endpointPrivateAccess), "endpointPrivateAccess is off"),
      ...when(isWorld(...textsOf(publicAccessCidrs)), "publicAccessCidrs names the whole world"),
    ];
  },
};

export const networkRules = [noOpenIngress, privateDatabases, tlsListeners, tlsDistributions, clusterEndpoint];
