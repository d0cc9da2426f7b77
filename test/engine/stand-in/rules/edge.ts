/** What AWS asks of CloudFront, of Lightsail's distributions and zones, and of what belongs to them. */
import type { Account, Entity } from "../entity";
import { nameOf, references } from "../entity";
import { isRecord, list, text, texts } from "../values";
import { hasWaited, isValidated } from "./certificates";
import type { Checks } from "./rule";
import { Refusal } from "./rule";

const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const CACHE_POLICY = "aws:cloudfront/cachePolicy:CachePolicy";
const LIGHTSAIL = "aws:lightsail/distribution:Distribution";
const LIGHTSAIL_CERTIFICATE = "aws:lightsail/certificate:Certificate";
const DOMAIN = "aws:lightsail/domain:Domain";
const ENTRY = "aws:lightsail/domainEntry:DomainEntry";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const DELIVERY = "aws:cloudwatch/logDelivery:LogDelivery";
const SOURCE = "aws:cloudwatch/logDeliverySource:LogDeliverySource";
const DESTINATION = "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination";
const EDGE_REGION = "us-east-1";
/** What CloudFront's prefix list counts for, and what a security group takes. */
const PREFIX_LIST_WEIGHT = 55;
const GROUP_RULES = 60;

const ORIGINS = [
  "aws:lightsail/containerService:ContainerService",
  "aws:lightsail/instance:Instance",
  "aws:lightsail/lb:Lb",
];

function refuse(message: string): never {
  throw new Refusal(message);
}

const others = (entity: Entity, account: Account): readonly Entity[] =>
  account.all(entity.type).filter(({ serial }) => serial !== entity.serial);

/** The names that CloudFront serves for a distribution, Lightsail's too: one distribution of all accounts has each. */
function aliases({ type, inputs }: Entity, account: Account): readonly string[] {
  if (type === DISTRIBUTION) return list(inputs.aliases).map(text);
  const certificate = account.all(LIGHTSAIL_CERTIFICATE).find((one) => nameOf(one) === inputs.certificateName);
  return certificate ? namesOf(certificate) : [];
}

const namesOf = ({ inputs }: Entity): readonly string[] => [
  text(inputs.domainName),
  ...list(inputs.subjectAlternativeNames).map(text),
];

function freeAliases(entity: Entity, account: Account): void {
  const own = aliases(entity, account);
  for (const other of [DISTRIBUTION, LIGHTSAIL].flatMap((type) => account.all(type))) {
    if (other.serial === entity.serial) continue;
    const taken = aliases(other, account).find((alias) => own.includes(alias));
    if (taken !== undefined)
      refuse(`CNAMEAlreadyExists: the alternate domain name ${taken} is already associated with ${other.id}`);
  }
}

function certified({ inputs }: Entity, account: Account): void {
  const viewer = isRecord(inputs.viewerCertificate) ? inputs.viewerCertificate : {};
  const names = list(inputs.aliases).map(text);
  if (names.length === 0) return;
  const certificate = account.find(text(viewer.acmCertificateArn));
  if (!certificate || text(certificate.outputs.region) !== EDGE_REGION || !isValidated(certificate, account))
    refuse(
      "InvalidViewerCertificate: The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid",
    );
  const missing = names.find((name) => !namesOf(certificate).includes(name));
  if (missing !== undefined)
    refuse(`InvalidViewerCertificate: The certificate doesn't cover the alternate domain name ${missing}`);
}

function inEdgeRegion({ outputs, type }: Entity): void {
  if (text(outputs.region) !== EDGE_REGION) refuse(`InvalidInputException: ${type} is in ${EDGE_REGION} alone`);
}

function freeName(code: string) {
  return (entity: Entity, account: Account): void => {
    if (others(entity, account).some((other) => nameOf(other) === nameOf(entity)))
      refuse(`${code}: ${nameOf(entity)} is there already`);
  };
}

function lightsailOrigin({ inputs }: Entity, account: Account): void {
  const name = isRecord(inputs.origin) ? text(inputs.origin.name) : "";
  if (!ORIGINS.flatMap((type) => account.ready(type)).some((one) => nameOf(one) === name))
    refuse(`NotFoundException: the origin ${name} does not exist`);
  if (inputs.certificateName === undefined) return;
  const certificate = account.ready(LIGHTSAIL_CERTIFICATE).find((one) => nameOf(one) === inputs.certificateName);
  if (!certificate || text(certificate.outputs.region) !== EDGE_REGION)
    refuse(`NotFoundException: the certificate ${text(inputs.certificateName)} is not in ${EDGE_REGION}`);
  if (!isValidated(certificate, account) || !hasWaited(certificate, account))
    refuse(`InvalidInputException: the certificate ${nameOf(certificate)} is not valid`);
}

const entryName = ({ inputs }: Entity): string =>
  `${text(inputs.name)}.${text(inputs.domainName)} ${text(inputs.type)}`.replace(/^\./u, "");

export const EDGE_NEEDS: Checks = {
  [DISTRIBUTION]: [freeAliases, certified],
  [CACHE_POLICY]: [freeName("CachePolicyAlreadyExists")],
  [LIGHTSAIL]: [inEdgeRegion, freeName("InvalidInputException"), lightsailOrigin, freeAliases],
  [DOMAIN]: [
    inEdgeRegion,
    (entity, account) => {
      if (others(entity, account).some(({ inputs }) => inputs.domainName === entity.inputs.domainName))
        refuse(`InvalidInputException: the domain ${text(entity.inputs.domainName)} is there already`);
    },
  ],
  [ENTRY]: [
    inEdgeRegion,
    (entity, account) => {
      // two A entries are two answers; an alias is one
      const same = others(entity, account).filter((other) => entryName(other) === entryName(entity));
      if (same.some(({ inputs }) => inputs.isAlias === true || entity.inputs.isAlias === true))
        refuse(`InvalidInputException: ${entryName(entity)} conflicts with another entry`);
    },
  ],
  [INGRESS]: [
    (entity, account) => {
      const { securityGroupId } = entity.inputs;
      const rules = [entity, ...others(entity, account)].filter(
        ({ inputs }) => inputs.securityGroupId === securityGroupId,
      );
      const weight = rules.reduce((sum, { inputs }) => sum + (inputs.prefixListId ? PREFIX_LIST_WEIGHT : 1), 0);
      if (weight > GROUP_RULES) refuse("RulesPerSecurityGroupLimitExceeded: The maximum number of rules is 60");
    },
  ],
  [SOURCE]: [freeName("ConflictException")],
  [DESTINATION]: [freeName("ConflictException")],
};

/** `holder` says one of the held one's names somewhere. */
function heldBy(holder: string, code: string, names: (held: Entity) => readonly string[]) {
  return (entity: Entity, account: Account): void => {
    const own = names(entity);
    const found = account.all(holder).find(({ inputs }) => texts(inputs).some((value) => own.includes(value)));
    if (found) refuse(`${code} (${nameOf(entity)}, by ${nameOf(found)})`);
  };
}

export const EDGE_DELETES: Checks = {
  "aws:acm/certificate:Certificate": [
    heldBy(DISTRIBUTION, "ResourceInUseException: Certificate is in use", references),
  ],
  [CACHE_POLICY]: [heldBy(DISTRIBUTION, "CachePolicyInUse: the policy is attached to a distribution", references)],
  [LIGHTSAIL_CERTIFICATE]: [
    heldBy(LIGHTSAIL, "InvalidInputException: the certificate is attached to a distribution", (held) => [nameOf(held)]),
  ],
  [DOMAIN]: [
    (entity, account) => {
      const entry = account.all(ENTRY).find(({ inputs }) => inputs.domainName === entity.inputs.domainName);
      if (entry) refuse(`InvalidInputException: the domain still has the entry ${entryName(entry)}`);
    },
  ],
  [SOURCE]: [heldBy(DELIVERY, "ConflictException: the source has a delivery", (held) => [nameOf(held)])],
  [DESTINATION]: [heldBy(DELIVERY, "ConflictException: the destination has a delivery", references)],
};
