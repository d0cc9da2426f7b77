/** What has to be there first: AWS refuses what points to nothing, or to something that is not in place yet. */
import { ENVIRONMENT, option, optionsUnder, PLATFORMS } from "../beanstalk";
import type { Account, Entity } from "../entity";
import { nameOf } from "../entity";
import { clusterName, registryHost } from "../outputs";
import { isKubernetes } from "../types";
import { isRecord, list, parseJson, records, text, texts } from "../values";
import { apiNeeds } from "./apis";
import { EXTERNAL_NEEDS } from "./external";
import { machineNeeds } from "./machines";
import { CAPACITY_NEEDS } from "./capacity";
import { QUEUE_NEEDS } from "./queues";
import { DATABASE_NEEDS } from "./databases";
import { hasWaited, isValidated } from "./certificates";
import { EDGE_NEEDS } from "./edge";
import type { Checks } from "./rule";
import { joinChecks, Refusal } from "./rule";
import { hasController, oneProfileAtATime, vpcOf } from "./used";

/** Documents that AWS takes as text: what they point to is not looked up. */
const UNCHECKED = /^aws:iam\/|:(RepositoryPolicy|BucketPolicy|FileSystemPolicy)$/u;

/** Refuses an entity with an id or ARN of something that is gone, or is not ready. */
export function checkReferences(entity: Entity, account: Account): void {
  if (UNCHECKED.test(entity.type)) return;
  for (const value of texts(entity.inputs)) {
    if (account.known(value) && !account.find(value))
      throw new Refusal(`InvalidParameter: ${value} does not exist, or not yet`);
  }
}

/** Refuses an object of Kubernetes in a namespace that is not there. */
export function checkNamespace({ type, inputs }: Entity, account: Account): void {
  if (!isKubernetes(type) || !isRecord(inputs.metadata)) return;
  const namespace = text(inputs.metadata.namespace);
  if (["", "default", "kube-system"].includes(namespace)) return;
  if (!account.ready("kubernetes:core/v1:Namespace").some(({ id }) => id === namespace))
    throw new Refusal(`NotFound: namespaces "${namespace}" not found`);
}

/** Refuses an object whose name, given or made by Pulumi, is none. https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
export function checkObjectName({ type, inputs, outputs }: Entity): void {
  if (!isKubernetes(type) || !isRecord(inputs.metadata) || !isRecord(outputs.metadata)) return;
  const name = text(outputs.metadata.name);
  if (!/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/u.test(name))
    throw new Refusal(
      `Invalid value: "${name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'`,
    );
}

/** A pod needs a node, or a profile of its namespace. */
function schedulable({ id, inputs }: Entity, account: Account): void {
  const namespace = isRecord(inputs.metadata) ? text(inputs.metadata.namespace) : "";
  const profiles = account.ready("aws:eks/fargateProfile:FargateProfile");
  if (account.ready("aws:eks/nodeGroup:NodeGroup").length > 0) return;
  if (!profiles.some((profile) => records(profile.inputs.selectors).some((one) => one.namespace === namespace)))
    throw new Refusal(`timeout: the pods of ${id} stay Pending, there is no node for them`);
}

/** Seconds after which AWS takes the role of a container service in a policy. */
export const ROLE_SECONDS = 30;

const OWN_NEEDS: Checks = {
  ...machineNeeds(
    checkImage,
    (certificate, account) => isValidated(certificate, account) && hasWaited(certificate, account),
  ),
  "aws:acm/certificateValidation:CertificateValidation": [
    ({ inputs }, account) => {
      const certificate = account.find(text(inputs.certificateArn));
      if (!certificate || !isValidated(certificate, account))
        throw new Refusal("timeout while waiting for the certificate: its validation records are not there");
    },
  ],
  "aws:ec2/natGateway:NatGateway": [needsInternet],
  "aws:ecr/repositoryPolicy:RepositoryPolicy": [
    ({ inputs }, account) => {
      for (const principal of pullers(inputs.policy)) {
        const service = pullerService(principal, account);
        if (service && account.now < service.since + ROLE_SECONDS)
          throw new Refusal(
            `InvalidParameterException: Invalid repository policy provided: principal ${principal} is not known yet`,
          );
      }
    },
  ],
  "aws:ecs/service:Service": [attachedGroups, startable],
  [ENVIRONMENT]: [environment, sameLoadBalancer],
  "aws:eks/fargateProfile:FargateProfile": [oneProfileAtATime],
  "kubernetes:apps/v1:Deployment": [schedulable],
  "kubernetes:batch/v1:Job": [schedulable],
  "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding": [
    (_, account) => {
      if (!hasController(account)) throw new Refusal('no matches for kind "TargetGroupBinding"');
    },
  ],
  "aws:lb/listener:Listener": [
    oneLoadBalancer,
    ({ inputs }, account) => {
      const certificate = account.find(text(inputs.certificateArn));
      if (certificate?.type === "aws:acm/certificate:Certificate" && !isValidated(certificate, account))
        throw new Refusal(`UnsupportedCertificate: The certificate '${certificate.id}' is not issued`);
    },
  ],
  "aws:lb/listenerRule:ListenerRule": [oneLoadBalancer],
  "aws:lb/loadBalancer:LoadBalancer": [
    (entity, account) => {
      if (entity.inputs.internal !== true) needsInternet(entity, account);
    },
  ],
  "aws:lightsail/containerService:ContainerService": [
    ({ inputs }, account) => {
      const names = isRecord(inputs.publicDomainNames) ? inputs.publicDomainNames : {};
      for (const { certificateName } of records(names.certificates)) {
        const certificate = account
          .ready("aws:lightsail/certificate:Certificate")
          .find((candidate) => nameOf(candidate) === certificateName);
        if (!certificate || !isValidated(certificate, account) || !hasWaited(certificate, account))
          throw new Refusal(`InvalidInputException: The certificate ${text(certificateName)} is not valid`);
      }
    },
  ],
  "aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion": [deployable],
  "docker-build:index:Image": [pushable],
};

/** By type, with what each room of the stand-in has to say. */
export const NEEDS: Checks = joinChecks(
  OWN_NEEDS,
  EXTERNAL_NEEDS,
  CAPACITY_NEEDS,
  DATABASE_NEEDS,
  EDGE_NEEDS,
  QUEUE_NEEDS,
  apiNeeds(isValidated),
);
/** What Beanstalk asks of an environment before it makes one, or changes one. */
function environment({ inputs }: Entity, account: Account): void {
  const refuse = (message: string) => {
    throw new Refusal(`InvalidParameterValue: ${message}`);
  };
  const stack = text(inputs.solutionStackName);
  if (!PLATFORMS.includes(stack)) refuse(`No Solution Stack named '${stack}' found.`);
  const version = account
    .ready("aws:elasticbeanstalk/applicationVersion:ApplicationVersion")
    .find((v) => v.inputs.application === inputs.application && nameOf(v) === inputs.version);
  if (inputs.version !== undefined && !version) refuse(`No Application Version named '${text(inputs.version)}' found.`);
  const profile = option(inputs, "aws:autoscaling:launchconfiguration", "IamInstanceProfile");
  const profiles = account.ready("aws:iam/instanceProfile:InstanceProfile").map(nameOf);
  if (!profiles.includes(profile))
    refuse(`The instance profile ${profile} associated with the environment does not exist.`);
  const role = option(inputs, "aws:elasticbeanstalk:environment", "ServiceRole");
  if (role && !account.find(role)) refuse(`The service role ${role} does not exist.`);
  const balancer = option(inputs, "aws:elbv2:loadbalancer", "SharedLoadBalancer");
  if (option(inputs, "aws:elasticbeanstalk:environment", "LoadBalancerIsShared") !== "true") return;
  if (!account.find(balancer)) refuse(`the shared load balancer '${balancer}' is not there`);
  const ports = account
    .ready("aws:lb/listener:Listener")
    .filter(({ inputs: listener }) => listener.loadBalancerArn === balancer)
    .map(({ inputs: listener }) => String(listener.port));
  for (const { namespace } of records(inputs.settings)) {
    const port = /^aws:elbv2:listener:(\d+)$/u.exec(text(namespace))?.[1];
    if (port !== undefined && !ports.includes(port)) refuse(`the shared load balancer has no listener on port ${port}`);
  }
  const trigger = option(inputs, "aws:autoscaling:trigger", "MeasureName");
  if (["HealthyHostCount", "UnhealthyHostCount", "TargetResponseTime"].includes(trigger))
    refuse(`the trigger ${trigger} is not valid with a shared load balancer`);
  if (option(inputs, "aws:elasticbeanstalk:command", "DeploymentPolicy") === "TrafficSplitting")
    refuse("traffic splitting is not possible on a shared load balancer");
}

/** Neither the load balancer nor what an environment has on its listeners changes after it is made. */
function sameLoadBalancer(entity: Entity, account: Account): void {
  const before = account.all(ENVIRONMENT).find(({ serial }) => serial === entity.serial);
  if (!before) return;
  const fixed = ({ inputs }: Entity) => [
    ...["LoadBalancerType", "LoadBalancerIsShared"].map((name) =>
      option(inputs, "aws:elasticbeanstalk:environment", name),
    ),
    option(inputs, "aws:elbv2:loadbalancer", "SharedLoadBalancer"),
    ...optionsUnder(inputs, "aws:elbv2:listener"),
  ];
  if (fixed(before).join() !== fixed(entity).join())
    throw new Refusal(
      `ConfigurationValidationException: You can't change the load balancer, its sharing, its listeners or its rules after environment creation (${nameOf(entity)})`,
    );
}

/** Internet-facing things need the VPC's gateway; awsx's NAT gateways do not depend on it, and the provider tries again. */
function needsInternet(entity: Entity, account: Account): void {
  const vpc = vpcOf(entity, account);
  if (vpc === undefined) return;
  const gateways = account.ready("aws:ec2/internetGateway:InternetGateway");
  if (!gateways.some(({ inputs }) => inputs.vpcId === vpc))
    throw new Refusal(`Gateway.NotAttached: VPC ${text(vpc)} has no internet gateway`, true);
}

/** The load balancers that send to a target group. */
function loadBalancersOf(group: string, account: Account): readonly string[] {
  const listeners = account.ready("aws:lb/listener:Listener");
  const rules = account.ready("aws:lb/listenerRule:ListenerRule");
  return [
    ...listeners.filter(({ inputs }) => texts(inputs.defaultActions).includes(group)),
    ...rules
      .filter(({ inputs }) => texts(inputs.actions).includes(group))
      .flatMap(({ inputs }) => account.find(text(inputs.listenerArn)) ?? []),
  ].map(({ inputs }) => text(inputs.loadBalancerArn));
}

function oneLoadBalancer(entity: Entity, account: Account): void {
  const { inputs } = entity;
  const listener = entity.type === "aws:lb/listener:Listener" ? entity : account.find(text(inputs.listenerArn));
  const own = text(listener?.inputs.loadBalancerArn);
  for (const group of texts([inputs.defaultActions, inputs.actions]).filter((value) =>
    value.includes(":targetgroup/"),
  )) {
    if (loadBalancersOf(group, account).some((other) => other !== own))
      throw new Refusal(
        `TargetGroupAssociationLimit: The target group '${group}' cannot be associated with more than one load balancer`,
      );
  }
}

function attachedGroups({ inputs }: Entity, account: Account): void {
  const groups = texts(inputs.loadBalancers).filter((value) => value.includes(":targetgroup/"));
  for (const group of groups) {
    if (loadBalancersOf(group, account).length === 0)
      throw new Refusal(
        `InvalidParameterException: The target group with targetGroupArn ${group} does not have an associated load balancer.`,
      );
  }
}

/** A service whose tasks could never start: the deployment would fail. */
function startable({ inputs }: Entity, account: Account): void {
  const cluster = clusterName(inputs.cluster);
  const clusters = account.all("aws:ecs/cluster:Cluster");
  if (clusters.length && !clusters.some((candidate) => candidate.ready && nameOf(candidate) === cluster))
    throw new Refusal(`ClusterNotFoundException: Cluster not found: ${cluster}`);
  const definition = account.find(text(inputs.taskDefinition));
  if (!definition) return;
  for (const container of records(parseJson(definition.inputs.containerDefinitions))) {
    checkImage(text(container.image), account);
    for (const reference of records(container.secrets).map((secret) => text(secret.valueFrom))) {
      // a JSON key, a stage and a version may stand after the secret's ARN
      const arn = reference.split(":").slice(0, 7).join(":");
      if (account.known(arn) && !account.find(arn))
        throw new Refusal(`ResourceInitializationError: unable to pull secrets: ${arn} does not exist`);
    }
    const options = isRecord(container.logConfiguration) ? container.logConfiguration.options : undefined;
    const group = isRecord(options) ? text(options["awslogs-group"]) : "";
    const groups = account.ready("aws:cloudwatch/logGroup:LogGroup");
    if (
      group &&
      isRecord(options) &&
      options["awslogs-create-group"] !== "true" &&
      !groups.some((g) => nameOf(g) === group)
    )
      throw new Refusal(`ResourceInitializationError: the specified log group does not exist: ${group}`);
  }
  for (const { efsVolumeConfiguration: volume } of records(definition.inputs.volumes)) {
    if (!isRecord(volume)) continue;
    const targets = account.ready("aws:efs/mountTarget:MountTarget");
    if (!targets.some((target) => target.inputs.fileSystemId === volume.fileSystemId))
      throw new Refusal(
        `ResourceInitializationError: failed to invoke EFS utils: ${text(volume.fileSystemId)} has no mount target`,
      );
  }
}

/** Refuses an image of the account's own registry that was never pushed. */
function checkImage(image: string, account: Account): void {
  const own = parseOwnImage(image, account);
  if (!own) return;
  const images = account.images(own.repository);
  if (own.tag !== undefined ? !images.has(own.tag) : ![...images.values()].includes(own.digest ?? ""))
    throw new Refusal(`CannotPullContainerError: ${image}: not found`);
}

/** Images of a cache's repositories are pulled by the first use. */
function parseOwnImage(image: string, account: Account) {
  const host = `${registryHost(account.region)}/`;
  if (!image.startsWith(host)) return undefined;
  const [, repository = "", tag, digest] = /^([^:@]+)(?::([^@]+))?(?:@(.+))?$/u.exec(image.slice(host.length)) ?? [];
  const cached = account
    .ready("aws:ecr/pullThroughCacheRule:PullThroughCacheRule")
    .some(({ inputs }) => repository.startsWith(`${text(inputs.ecrRepositoryPrefix)}/`));
  return cached ? undefined : { repository, tag, digest };
}

/** Lightsail pulls from ECR as the service's own role, which the repository's policy has to name. */
function deployable({ inputs }: Entity, account: Account): void {
  const service = account
    .ready("aws:lightsail/containerService:ContainerService")
    .find((candidate) => nameOf(candidate) === inputs.serviceName);
  if (!service)
    throw new Refusal(`NotFoundException: the container service ${text(inputs.serviceName)} does not exist`);
  const principal = pullerOf(service);
  for (const image of records(inputs.containers).map((container) => text(container.image))) {
    const own = parseOwnImage(image, account);
    if (!own) continue;
    checkImage(image, account);
    const allowed = account
      .ready("aws:ecr/repositoryPolicy:RepositoryPolicy")
      .some(
        (policy) =>
          policy.inputs.repository === own.repository &&
          principal !== undefined &&
          pullers(policy.inputs.policy).includes(principal),
      );
    if (!allowed)
      throw new Refusal(
        `the deployment failed: the image ${image} cannot be pulled: no policy of its repository lets ${principal ?? "the service, which has no ECR role,"} pull`,
      );
  }
}

/** https://github.com/pulumi/pulumi-docker-build: an image that is pushed stays when its resource is deleted. */
function pushable({ inputs }: Entity, account: Account): void {
  for (const tag of list(inputs.tags).map(text)) {
    const own = parseOwnImage(tag, account);
    if (!own) continue;
    const repository = account
      .ready("aws:ecr/repository:Repository")
      .find((entity) => nameOf(entity) === own.repository);
    if (!repository)
      throw new Refusal(`name unknown: The repository with name '${own.repository}' does not exist in the registry`);
    // ECR refuses even the same bytes: https://github.com/aws/containers-roadmap/issues/2380
    if (repository.inputs.imageTagMutability === "IMMUTABLE" && account.images(own.repository).has(own.tag ?? "latest"))
      throw new Refusal(
        `tag invalid: The image tag '${own.tag ?? "latest"}' already exists in the '${own.repository}' repository and cannot be overwritten because the tag is immutable.`,
      );
  }
}

/** The principals that a policy names, whatever it lets them do. */
function pullers(policy: unknown): readonly string[] {
  const document = isRecord(policy) ? policy : parseJson(policy);
  const statements = isRecord(document) ? records(document.Statement) : [];
  return statements.flatMap(({ Principal: principal }) => texts(principal));
}

function pullerOf({ outputs }: Entity): string | undefined {
  const access = outputs.privateRegistryAccess;
  const role = isRecord(access) ? access.ecrImagePullerRole : undefined;
  return isRecord(role) && role.isActive === true ? text(role.principalArn) || undefined : undefined;
}

function pullerService(principal: string, account: Account): Entity | undefined {
  return account
    .ready("aws:lightsail/containerService:ContainerService")
    .find((service) => pullerOf(service) === principal);
}
