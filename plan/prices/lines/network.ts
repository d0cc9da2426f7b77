/** Ways in and out: load balancers, gateways, endpoints, distributions, names. Pure. */
import type { PlannedResource } from "../../types";
import { isTrue, textOf } from "../inputs";
import type { PricedPlan } from "../priced-plan";
import { HOURS, type PriceItem, type Pricer, type Pricers, type UncountedItem } from "../types";
import { ACCESS_LINE } from "./logs";

const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const API = "aws:apigatewayv2/api:Api";
const REGISTRY = "aws:servicediscovery/service:Service";
/** The components of the tiers whose containers are in the VPC. */
const IN_VPC = ["Fargate", "EcsEc2", "Beanstalk", "Eks", "EksFargate"].map((tier) => `spectrum:tier:${tier}`);

export const network: Pricers = {
  ...Object.fromEntries(IN_VPC.map((type) => [type, trafficOut])),
  "aws:lb/loadBalancer:LoadBalancer": loadBalancer,
  "aws:ec2/natGateway:NatGateway": (gateway, plan) => {
    const { gbFetched } = plan.usage(gateway, plan.has(...IN_VPC));
    const share = gbFetched / plan.ofType(gateway.type).length;
    return [
      { what: "a NAT gateway", kind: "fixed", key: "nat.hour", quantity: HOURS },
      { what: "what goes through it", kind: "usage", key: "nat.gb", quantity: share },
    ];
  },
  "aws:ec2/eip:Eip": () => [{ what: "a public IPv4 address", kind: "fixed", key: "ipv4.hour", quantity: HOURS }],
  "aws:ec2/vpcEndpoint:VpcEndpoint": endpoint,
  [API]: (api, plan) =>
    plan.isFirstOfApp(api)
      ? [{ what: "requests", kind: "usage", key: "apigateway.request", quantity: plan.usage(api).requests }]
      : [],
  "aws:apigatewayv2/stage:Stage": (stage, plan) =>
    stage.inputs.accessLogSettings !== undefined && plan.isFirstOfApp(stage)
      ? [
          {
            what: "the access log",
            kind: "usage",
            key: "logs.ingest",
            quantity: plan.usage(stage).requests * ACCESS_LINE,
          },
        ]
      : [],
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html: the zone, and what is looked up in it
  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": (namespace, plan) => [
    { what: "the namespace's zone", kind: "fixed", key: "route53.zone", quantity: 1 },
    {
      what: "discoveries, if none is remembered",
      kind: "usage",
      key: "cloudmap.discovery",
      quantity: plan.usage(namespace, plan.has(API, REGISTRY)).requests,
    },
  ],
  [DISTRIBUTION]: (distribution, plan) => {
    if (!plan.isFirstOfApp(distribution)) return [];
    const { gbOut, requests } = plan.usage(distribution);
    return [
      { what: "traffic to the internet", kind: "usage", key: "cloudfront.gb", quantity: gbOut },
      { what: "requests", kind: "usage", key: "cloudfront.request", quantity: requests },
    ];
  },
  "aws:route53/zone:Zone": () => [{ what: "a hosted zone", kind: "fixed", key: "route53.zone", quantity: 1 }],
  "aws:route53/healthCheck:HealthCheck": ({ inputs }) => [
    { what: "a health check", kind: "fixed", key: "route53.check", quantity: 1 },
    ...(inputs.type === "HTTPS"
      ? [{ what: "HTTPS of the check", kind: "fixed", key: "route53.check.https", quantity: 1 } as const]
      : []),
  ],
};

/** A distribution has its own price; what it fetches from AWS is free. */
function trafficOut(component: PlannedResource, plan: PricedPlan): readonly PriceItem[] {
  const app = plan.appOf(component);
  if (app !== null && plan.has(DISTRIBUTION)(app)) return [];
  const { gbOut } = plan.usage(component);
  return [{ what: "traffic to the internet", kind: "usage", key: "traffic.internet", quantity: gbOut }];
}

/** New connections a second, and GB an hour, that one unit of capacity takes. https://aws.amazon.com/elasticloadbalancing/pricing/ */
const UNIT = { connectionsPerSecond: 25, gbPerHour: 1 } as const;

/** A public one has an address in each of its subnets. Each request is taken for a connection of its own, spread evenly. */
function loadBalancer(balancer: PlannedResource, plan: PricedPlan): readonly (PriceItem | UncountedItem)[] {
  const { inputs } = balancer;
  const kind = inputs.loadBalancerType === "network" ? "nlb" : "alb";
  const users = plan.has("aws:lb/targetGroup:TargetGroup", "aws:lb/listenerRule:ListenerRule", ...IN_VPC);
  const { requests, gbOut } = plan.usage(balancer, users);
  const units = Math.max(requests / (UNIT.connectionsPerSecond * 3600), gbOut / UNIT.gbPerHour);
  return [
    { what: "a load balancer", kind: "fixed", key: `${kind}.hour`, quantity: HOURS },
    ...(isTrue(inputs.internal) ? [] : addresses(inputs.subnets)),
    { what: "its capacity units", kind: "usage", key: `${kind}.lcu`, quantity: units },
  ];
}

function addresses(subnets: PlannedResource["inputs"][string] | undefined): readonly (PriceItem | UncountedItem)[] {
  if (!Array.isArray(subnets))
    return [
      { what: "public IPv4 addresses of a load balancer", uncounted: "how many subnets it is in is looked up in AWS" },
    ];
  return [
    {
      what: `its ${subnets.length} public IPv4 addresses`,
      kind: "fixed",
      key: "ipv4.hour",
      quantity: subnets.length * HOURS,
    },
  ];
}

/** Gateway endpoints (S3) are free. */
function endpoint(resource: PlannedResource, plan: PricedPlan): ReturnType<Pricer> {
  const { inputs } = resource;
  if (inputs.vpcEndpointType !== "Interface") return [];
  if (!Array.isArray(inputs.subnetIds))
    return [{ what: "a VPC endpoint", uncounted: "how many subnets it is in is looked up in AWS" }];
  const interfaces = plan.ofType(resource.type).filter((other) => other.inputs.vpcEndpointType === "Interface");
  const { gbFetched } = plan.usage(resource, plan.has(...IN_VPC));
  const name = textOf(inputs.serviceName)?.split(".").slice(3).join(".") ?? "a service";
  return [
    { what: `an endpoint of ${name}`, kind: "fixed", key: "endpoint.hour", quantity: inputs.subnetIds.length * HOURS },
    { what: "what goes through it", kind: "usage", key: "endpoint.gb", quantity: gbFetched / interfaces.length },
  ];
}
