/** What API Gateway and Cloud Map refuse: names and routes taken twice, links to nothing, what is still mapped or registered. */
import type { Account, Entity } from "../entity";
import { references } from "../entity";
import { isRecord, records, text, texts } from "../values";
import type { Check, Checks } from "./rule";
import { Refusal } from "./rule";

const API = "aws:apigatewayv2/api:Api";
const DOMAIN = "aws:apigatewayv2/domainName:DomainName";
const INTEGRATION = "aws:apigatewayv2/integration:Integration";
const LINK = "aws:apigatewayv2/vpcLink:VpcLink";
const MAPPING = "aws:apigatewayv2/apiMapping:ApiMapping";
const REGISTRY = "aws:servicediscovery/service:Service";
const ROUTE = "aws:apigatewayv2/route:Route";
const SERVICE = "aws:ecs/service:Service";
const STAGE = "aws:apigatewayv2/stage:Stage";

type Claim = (entity: Entity) => Record<string, string>;

/** What only one of a type may have. */
export const API_CLAIMS: Readonly<Record<string, Claim>> = {
  [DOMAIN]: ({ inputs }) => ({
    [text(inputs.domainName)]: "ConflictException: The domain name you provided already exists.",
  }),
  [MAPPING]: ({ inputs }) => ({
    [`${text(inputs.domainName)} ${text(inputs.apiMappingKey)}`]:
      "ConflictException: ApiMapping key already exists for this domain name",
  }),
  [ROUTE]: ({ inputs }) => ({
    [`${text(inputs.apiId)} ${text(inputs.routeKey)}`]: `ConflictException: Route with key ${text(inputs.routeKey)} already exists for this API`,
  }),
  [STAGE]: ({ inputs }) => ({
    [`${text(inputs.apiId)} ${text(inputs.name)}`]: "ConflictException: Stage already exists",
  }),
};

const refuse = (message: string): never => {
  throw new Refusal(message);
};

const refersTo = (value: unknown, held: Entity): boolean => texts(value).some((one) => references(held).includes(one));

/** `isValidated`: whether an ACM certificate is, by the caller's own rules. */
export function apiNeeds(isValidated: (certificate: Entity, account: Account) => boolean): Checks {
  return {
    [DOMAIN]: [
      ({ inputs }, account) => {
        const given = isRecord(inputs.domainNameConfiguration) ? inputs.domainNameConfiguration : {};
        const certificate = account.find(text(given.certificateArn));
        if (certificate && !isValidated(certificate, account))
          refuse("BadRequestException: The certificate provided must be issued");
      },
    ],
    [INTEGRATION]: [
      ({ inputs }, account) => {
        if (inputs.connectionType !== "VPC_LINK") return;
        const type = account.find(text(inputs.integrationUri))?.type;
        if (type !== REGISTRY && type !== "aws:lb/listener:Listener")
          refuse(
            "BadRequestException: For VpcLink VPC_LINK, integration uri should be a valid ELB listener ARN or a valid Cloud Map service ARN.",
          );
        if (account.find(text(inputs.connectionId))?.type !== LINK) refuse("BadRequestException: Invalid VpcLink");
      },
    ],
    [MAPPING]: [
      ({ inputs }, account) => {
        const stages = account.ready(STAGE).filter((stage) => stage.inputs.apiId === inputs.apiId);
        if (!stages.some((stage) => stage.inputs.name === inputs.stage))
          refuse("BadRequestException: Invalid stage identifier specified");
      },
    ],
    [ROUTE]: [
      ({ inputs }, account) => {
        const key = text(inputs.routeKey);
        if (key.endsWith("/") && !key.endsWith(" /"))
          refuse(`BadRequestException: The provided route key is not valid: ${key}`);
        const integration = account.find(text(inputs.target).replace(/^integrations\//u, ""));
        if (integration?.type !== INTEGRATION || integration.inputs.apiId !== inputs.apiId)
          refuse("BadRequestException: Invalid Integration specified");
      },
    ],
    [SERVICE]: [registered],
  };
}

/** What ECS asks of a service's registry. */
function registered({ inputs }: Entity, account: Account): void {
  const [registry] = records([inputs.serviceRegistries]);
  if (!registry) return;
  const service = account.find(text(registry.registryArn));
  if (service?.type !== REGISTRY) return refuse("InvalidParameterException: Unable to find the service registry");
  const dns = isRecord(service.inputs.dnsConfig) ? service.inputs.dnsConfig : {};
  const isSrv = records(dns.dnsRecords).some(({ type }) => type === "SRV");
  const named = registry.containerName !== undefined && registry.containerPort !== undefined;
  const bridge = account.find(text(inputs.taskDefinition))?.inputs.networkMode === "bridge";
  if (isSrv && !named && registry.port === undefined)
    refuse("InvalidParameterException: When specifying SRV, either port or containerName and containerPort are needed");
  if (bridge && (!isSrv || !named))
    refuse("InvalidParameterException: bridge needs an SRV record with containerName and containerPort");
}

const heldBy =
  (type: string, of: (holder: Entity) => unknown, message: string): Check =>
  (held, account) => {
    if (held.inputs.forceDestroy === true) return;
    if (account.all(type).some((holder) => refersTo(of(holder), held))) refuse(message);
  };

export const API_DELETES: Checks = {
  [API]: [
    heldBy(
      MAPPING,
      ({ inputs }) => inputs.apiId,
      "BadRequestException: Deleting API failed. Please remove all API mappings for the API from your custom domain names.",
    ),
  ],
  "aws:acm/certificate:Certificate": [
    heldBy(DOMAIN, ({ inputs }) => inputs.domainNameConfiguration, "ResourceInUseException: Certificate is in use"),
  ],
  "aws:ec2/securityGroup:SecurityGroup": [
    heldBy(LINK, ({ inputs }) => inputs.securityGroupIds, "DependencyViolation: resource has a dependent object"),
  ],
  "aws:ec2/subnet:Subnet": [
    heldBy(LINK, ({ inputs }) => inputs.subnetIds, "DependencyViolation: The subnet has dependencies"),
  ],
  [REGISTRY]: [
    heldBy(SERVICE, ({ inputs }) => inputs.serviceRegistries, "ResourceInUse: Service contains registered instances"),
  ],
};
