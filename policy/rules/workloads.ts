/** What runs: machines, images, and what stands in environment variables. Pure. */
import { looksSecret } from "../../app/visible-secrets";
import type { PlanValue } from "../../plan/types";
import type { Inputs, PolicyResource, ResourceRule } from "./rule";
import { when } from "./rule";
import { beanstalkOption, documentOf, isTrue, isUnknown, listOf, mapAt, textOf } from "./values";

const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const INSTANCE = "aws:ec2/instance:Instance";
const BEANSTALK = "aws:elasticbeanstalk/environment:Environment";

const imdsv2: ResourceRule = {
  name: "imdsv2",
  scope: "resource",
  severity: "mandatory",
  description: "Machines answer for their metadata, and so for their role's keys, by IMDSv2 alone.",
  remedy: "set metadataOptions.httpTokens to required; on Elastic Beanstalk DisableIMDSv1 to true",
  source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html",
  types: [TEMPLATE, INSTANCE, BEANSTALK],
  check: ({ type, inputs }) => {
    if (type === BEANSTALK) {
      const disabled = beanstalkOption(inputs, "aws:autoscaling:launchconfiguration", "DisableIMDSv1");
      return when(
        !isUnknown(inputs.settings) && !isUnknown(disabled) && !isTrue(disabled),
        "DisableIMDSv1 is not true",
      );
    }
    if (isUnknown(inputs.metadataOptions)) return [];
    const { httpTokens, httpEndpoint } = mapAt(inputs, "metadataOptions");
    const answers = httpEndpoint !== "disabled" && !isUnknown(httpTokens) && httpTokens !== "required";
    return when(answers, "metadataOptions.httpTokens is not required");
  },
};

const TASK = "aws:ecs/taskDefinition:TaskDefinition";
const LIGHTSAIL = "aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion";
/** Where the pod stands in each kind of workload. */
const POD_AT: Readonly<Record<string, readonly string[]>> = {
  "kubernetes:core/v1:Pod": ["spec"],
  "kubernetes:apps/v1:Deployment": ["spec", "template", "spec"],
  "kubernetes:apps/v1:StatefulSet": ["spec", "template", "spec"],
  "kubernetes:apps/v1:DaemonSet": ["spec", "template", "spec"],
  "kubernetes:batch/v1:Job": ["spec", "template", "spec"],
  "kubernetes:batch/v1:CronJob": ["spec", "jobTemplate", "spec", "template", "spec"],
};

/** The containers that the resource runs; none where nobody knows them. */
function containersOf({ type, inputs }: PolicyResource): readonly Inputs[] {
  if (type === TASK) return listOf(documentOf(inputs.containerDefinitions));
  if (type === LIGHTSAIL) return listOf(inputs.containers);
  const pod = mapAt(inputs, ...(POD_AT[type] ?? []));
  return [...listOf(pod.initContainers), ...listOf(pod.containers)];
}

/** What Spectrum itself puts beside an app, each by its exact version: the writer of files, the sender of logs. */
export const OWN_IMAGES: readonly string[] = [
  "public.ecr.aws/docker/library/busybox:1.37.0",
  "public.ecr.aws/aws-observability/aws-for-fluent-bit:2.32.5",
];

const imageDigests: ResourceRule = {
  name: "image-digests",
  scope: "resource",
  severity: "mandatory",
  description:
    "In a protected environment every image of an app is named by its digest. Spectrum's own helpers have an exact tag.",
  remedy: "name the image by its digest (docker buildx imagetools inspect shows it), or build it from its Dockerfile",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-considerations.html",
  types: [TASK, LIGHTSAIL, ...Object.keys(POD_AT)],
  check: (resource, { protected: isProtected }) =>
    !isProtected
      ? []
      : containersOf(resource)
          .flatMap(({ image }) => textOf(image) ?? [])
          .filter((image) => !/@sha256:[0-9a-f]{64}$/u.test(image) && !OWN_IMAGES.includes(image))
          .map((image) => `the image ${image} is named by a tag`),
};

type Variable = readonly [name: string, value: PlanValue | undefined];

/** Of a task or a pod: `name` and `value` of each. */
const variablesOf = (container: Inputs): readonly Variable[] =>
  [...listOf(container.environment), ...listOf(container.env)].map(({ name, value }) => [textOf(name) ?? "", value]);

const beanstalkVariables = ({ settings }: Inputs): readonly Variable[] =>
  listOf(settings)
    .filter(({ namespace }) => namespace === "aws:elasticbeanstalk:application:environment")
    .map(({ name, value }) => [textOf(name) ?? "", value]);

const noPlainSecrets: ResourceRule = {
  name: "no-plain-secrets",
  scope: "resource",
  severity: "advisory",
  description:
    "No environment variable holds what looks like a secret. It is a guess by name and form, and so advisory.",
  remedy: "keep it as a secret: pulumi config set --secret --path 'spectrum:secrets.<app>.<NAME>'",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html",
  types: [TASK, BEANSTALK, ...Object.keys(POD_AT)],
  check: (resource) => {
    const variables =
      resource.type === BEANSTALK
        ? beanstalkVariables(resource.inputs)
        : containersOf(resource).flatMap((container) => variablesOf(container));
    return variables.flatMap(([name, value]) =>
      when(typeof value === "string" && looksSecret(name, value) !== null, `${name} looks like a secret`),
    );
  },
};

export const workloadRules = [imdsv2, imageDigests, noPlainSecrets];
