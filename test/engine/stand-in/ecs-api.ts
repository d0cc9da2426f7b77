/** ECS's own API over the stand-in cloud: each service runs what it was given at once, on the count that it was asked for. */
import { createHash } from "node:crypto";
import type { Task } from "@aws-sdk/client-ecs";
import type { Told } from "../../support/fake-aws";
import type { Cloud } from "./cloud";
import type { Entity } from "./entity";
import { text } from "./values";

const SERVICE = "aws:ecs/service:Service";
const DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";

/** What `spectrum status` asks. */
export function ecsApi(cloud: Cloud): Told {
  const services = () => cloud.all(SERVICE).filter(({ ready }) => ready);
  const find = (cluster: unknown, name: unknown) =>
    services().find(({ inputs, outputs }) => inputs.cluster === cluster && outputs.name === name);
  return {
    "ecs:DescribeServices": ({ cluster, services: names }) => ({
      services: (names as readonly string[]).flatMap((name) => {
        const service = find(cluster, name);
        return service ? [describeService(service)] : [];
      }),
    }),
    "ecs:ListTasks": ({ cluster, serviceName, desiredStatus }) => {
      const service = find(cluster, serviceName);
      return { taskArns: service && desiredStatus !== "STOPPED" ? taskArns(service) : [] };
    },
    "ecs:DescribeTasks": ({ tasks }) => ({
      tasks: services().flatMap((service) =>
        taskArns(service).flatMap((arn) =>
          (tasks as readonly string[]).includes(arn) ? [describeTask(cloud, service, arn)] : [],
        ),
      ),
    }),
  };
}

const countOf = ({ inputs }: Entity): number => (typeof inputs.desiredCount === "number" ? inputs.desiredCount : 1);
const definitionOf = ({ inputs }: Entity): string => text(inputs.taskDefinition);

function describeService(service: Entity) {
  const [count, taskDefinition] = [countOf(service), definitionOf(service)];
  const counts = { desiredCount: count, runningCount: count };
  return {
    serviceName: text(service.outputs.name),
    status: "ACTIVE",
    taskDefinition,
    ...counts,
    deployments: [{ status: "PRIMARY", taskDefinition, rolloutState: "COMPLETED" as const, failedTasks: 0, ...counts }],
    events: [],
  };
}

const taskArns = (service: Entity): string[] =>
  Array.from({ length: countOf(service) }, (_, i) => `${service.id.replace(":service/", ":task/")}-${i}`);

function describeTask(cloud: Cloud, service: Entity, taskArn: string): Task {
  const taskDefinitionArn = definitionOf(service);
  const definition = cloud.all(DEFINITION).find(({ outputs }) => outputs.arn === taskDefinitionArn);
  const containers = JSON.parse(text(definition?.inputs.containerDefinitions) || "[]") as readonly {
    readonly name: string;
    readonly image: string;
  }[];
  return {
    taskArn,
    taskDefinitionArn,
    lastStatus: "RUNNING",
    healthStatus: "HEALTHY",
    containers: containers.map(({ name, image }) => ({
      name,
      image,
      lastStatus: "RUNNING",
      healthStatus: "HEALTHY",
      imageDigest: /@(sha256:[0-9a-f]{64})$/u.exec(image)?.[1] ?? `sha256:${digestOf(image)}`,
    })),
  };
}

const digestOf = (image: string): string => createHash("sha256").update(image).digest("hex");
