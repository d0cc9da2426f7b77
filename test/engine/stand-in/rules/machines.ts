/** Lightsail instances with their disks, addresses and load balancers, and what Systems Manager runs on them. */
import type { Account, Entity } from "../entity";
import { nameOf } from "../entity";
import { list, parseJson, records, text, texts } from "../values";
import type { Check, Checks } from "./rule";
import { Refusal } from "./rule";

const ACTIVATION = "aws:ssm/activation:Activation";
const ATTACHMENT = "aws:lightsail/disk_attachment:Disk_attachment";
const BALANCER = "aws:lightsail/lb:Lb";
const CERTIFICATE = "aws:lightsail/lbCertificate:LbCertificate";
const DISK = "aws:lightsail/disk:Disk";
const INSTANCE = "aws:lightsail/instance:Instance";

type Claim = (entity: Entity) => Record<string, string>;
const inUse: Claim = (entity) => ({
  [`name ${nameOf(entity)}`]: `InvalidInputException: Some names are already in use: ${nameOf(entity)}`,
});

/** What only one of a type may have. */
export const MACHINE_CLAIMS: Readonly<Record<string, Claim>> = {
  [DISK]: inUse,
  [ATTACHMENT]: ({ inputs }) => ({
    [`disk ${text(inputs.diskName)}`]: `OperationFailureException: The disk ${text(inputs.diskName)} is attached already`,
  }),
  [INSTANCE]: inUse,
  // AWS takes the second set; closing the first one's ports then closes those that both have
  "aws:lightsail/instancePublicPorts:InstancePublicPorts": ({ inputs }) => ({
    [text(inputs.instanceName)]: `the ports of ${text(inputs.instanceName)} would be closed again with the other set's`,
  }),
  [BALANCER]: inUse,
  [CERTIFICATE]: inUse,
  "aws:lightsail/staticIp:StaticIp": inUse,
  "aws:lightsail/staticIpAttachment:StaticIpAttachment": ({ inputs }) => ({
    [`address ${text(inputs.staticIpName)}`]: `OperationFailureException: The static IP ${text(inputs.staticIpName)} is attached already`,
    [`instance ${text(inputs.instanceName)}`]: `OperationFailureException: ${text(inputs.instanceName)} has a static IP already`,
  }),
  "aws:ssm/document:Document": (entity) => ({
    [`name ${nameOf(entity)}`]: `DocumentAlreadyExists: Document with same name ${nameOf(entity)} already exists`,
  }),
};

/** What holds what, by a property of the holder's that is the held one's name. */
export const MACHINE_HOLDERS: readonly {
  readonly held: string;
  readonly holder: string;
  readonly property: string;
  readonly message: string;
}[] = [
  {
    held: DISK,
    holder: ATTACHMENT,
    property: "diskName",
    message: "OperationFailureException: You can't delete a disk that is attached: it is in use",
  },
  {
    held: "aws:lightsail/staticIp:StaticIp",
    holder: "aws:lightsail/staticIpAttachment:StaticIpAttachment",
    property: "staticIpName",
    message: "OperationFailureException: The static IP is attached",
  },
  {
    held: "aws:ssm/document:Document",
    holder: "aws:ssm/association:Association",
    property: "name",
    message: "AssociatedInstances: You must disassociate a document before you can delete it: it is in use",
  },
];

/** The images that a text names, checked by the caller. */
type ImageCheck = (image: string, account: Account) => void;
/** Whether a Lightsail certificate is valid, by the caller's own rules. */
type Validity = (certificate: Entity, account: Account) => boolean;

export function machineNeeds(checkImage: ImageCheck, isValid: Validity): Checks {
  const onInstance: Check = ({ inputs }, account) => void named(INSTANCE, inputs.instanceName, account);
  return {
    [ACTIVATION]: [
      ({ inputs }, account) => {
        const role = account.ready("aws:iam/role:Role").find((candidate) => nameOf(candidate) === inputs.iamRole);
        if (!role) throw new Refusal(`ValidationException: Nonexistent role: ${text(inputs.iamRole)}`);
      },
    ],
    [ATTACHMENT]: [
      ({ inputs }, account) => {
        const zones = [named(INSTANCE, inputs.instanceName, account), named(DISK, inputs.diskName, account)].map(
          (entity) => text(entity.inputs.availabilityZone),
        );
        if (zones[0] !== zones[1])
          throw new Refusal(`InvalidInputException: disk and instance are in ${zones.join(" and ")}: not in one zone`);
      },
    ],
    "aws:lightsail/instancePublicPorts:InstancePublicPorts": [
      onInstance,
      ({ inputs }) => {
        if (list(inputs.portInfos).length === 0)
          throw new Refusal("InvalidInputException: portInfos must have at least one entry");
      },
    ],
    "aws:lightsail/lbAttachment:LbAttachment": [
      onInstance,
      ({ inputs }, account) => void named(BALANCER, inputs.lbName, account),
    ],
    "aws:lightsail/lbCertificateAttachment:LbCertificateAttachment": [
      ({ inputs }, account) => {
        const certificate = named(CERTIFICATE, inputs.certificateName, account);
        if (!isValid(certificate, account))
          throw new Refusal(`InvalidInputException: The certificate ${nameOf(certificate)} is not valid`);
      },
    ],
    "aws:lightsail/lbHttpsRedirectionPolicy:LbHttpsRedirectionPolicy": [
      ({ inputs }, account) => {
        const attached = account
          .ready("aws:lightsail/lbCertificateAttachment:LbCertificateAttachment")
          .some((attachment) => attachment.inputs.lbName === inputs.lbName);
        if (!attached) throw new Refusal(`InvalidInputException: ${text(inputs.lbName)} has no certificate attached`);
      },
    ],
    "aws:lightsail/staticIpAttachment:StaticIpAttachment": [onInstance],
    "aws:ssm/association:Association": [(entity, account) => runs(entity, account, checkImage)],
    "aws:ssm/document:Document": [
      ({ inputs }) => {
        if (Buffer.byteLength(text(inputs.content)) > 64 * 1024)
          throw new Refusal("MaxDocumentSizeExceeded: The size limit of a document is 64 KB");
      },
    ],
  };
}

function named(type: string, name: unknown, account: Account): Entity {
  const found = account.ready(type).find((candidate) => nameOf(candidate) === name);
  if (!found) throw new Refusal(`NotFoundException: ${type} ${text(name)} does not exist, or not yet`);
  return found;
}

/** What is registered with an activation: the first instances whose user data has its id and code. */
function nodes(account: Account): readonly { readonly instance: Entity; readonly tags: unknown }[] {
  return account.ready(ACTIVATION).flatMap((activation) => {
    const { activationCode } = activation.outputs;
    const limit = Number(activation.inputs.registrationLimit ?? 1);
    return account
      .ready(INSTANCE)
      .filter(({ inputs }) => {
        const script = text(inputs.userData);
        return script.includes(activation.id) && script.includes(text(activationCode));
      })
      .sort((a, b) => a.serial - b.serial)
      .slice(0, limit)
      .map((instance) => ({ instance, tags: activation.inputs.tags }));
  });
}

/** An association succeeds when its document runs on every machine that it is for. */
function runs(entity: Entity, account: Account, checkImage: ImageCheck): void {
  const { inputs } = entity;
  const failed = (reason: string) => new Refusal(`unexpected state 'Failed', wanted target 'Success': ${reason}`);
  const registered = nodes(account);
  const targets = records(inputs.targets).flatMap(({ key, values }) =>
    list(values).map((value) => {
      const tag = text(key).replace(/^tag:/u, "");
      const node = registered.find(({ tags }) => (tags as Record<string, unknown> | undefined)?.[tag] === value);
      if (!node)
        throw new Refusal(`timeout while waiting for state to become 'Success': no node has ${tag} ${text(value)}`);
      if (account.now <= node.instance.since)
        throw new Refusal(`the association of ${text(value)} is done at once: its node has not registered yet`);
      return node.instance;
    }),
  );
  const document = named("aws:ssm/document:Document", inputs.name, account);
  const app = appOf(document);
  if (!app) return;
  for (const image of list(app.images)) checkImage(text(image), account);
  const groups = account.ready("aws:cloudwatch/logGroup:LogGroup").map(nameOf);
  for (const [, group = ""] of text(app.compose).matchAll(/awslogs-group: "([^"]+)"/gu)) {
    if (!groups.includes(group)) throw failed(`the specified log group does not exist: ${group}`);
  }
  for (const arn of texts([app.variables, records(app.secretFiles).map(({ secret }) => secret)])) {
    if (account.known(arn) && !account.find(arn)) throw failed(`no such parameters: ${arn}`);
  }
  const attachments = account.ready(ATTACHMENT).map((attachment) => attachment.inputs.instanceName);
  if (app.disk === true && !targets.every((instance) => attachments.includes(nameOf(instance))))
    throw failed("0 disks could be the app's");
}

/** The app's data in a document of Spectrum's. */
function appOf(document: Entity): Readonly<Record<string, unknown>> | undefined {
  const content = parseJson(document.inputs.content) as
    { mainSteps?: { inputs?: { runCommand?: readonly string[] } }[] } | undefined;
  const lines = content?.mainSteps?.[0]?.inputs?.runCommand ?? [];
  const data = lines.find((line) => line.startsWith('{"compose"'));
  return data === undefined ? undefined : (JSON.parse(data) as Record<string, unknown>);
}
