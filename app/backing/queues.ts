/** Queues: a service that says `queue` works one off, and others send to it. Pure. */
import type { Placement, PolicyStatement, QueueScale, Scale } from "../config/types";
import { changed, finding, kept, refused, type Verdict } from "../fit";
import { hasOneWriter } from "../size";
import type { TierName } from "../tiers";
import type { Value } from "../value";
import { type Backed, backingHome } from "./backing";
import { withPolicies } from "./buckets";
import { withVariables } from "./variables";

/** An SQS queue with its dead-letter queue. */
export interface Queue {
  readonly kind: "queue";
  /** What its outputs' names start with: `worker.queue`. */
  readonly id: string;
  /** The service that works it off. */
  readonly service: string;
  /** The services that are told of it. */
  readonly users: readonly string[];
  readonly fifo: boolean;
  readonly visibilitySeconds: number;
  readonly retentionDays: number;
  readonly maxReceives: number;
  /** True where the containers are in the environment's VPC, which may have no other way out than endpoints. */
  readonly inVpc: boolean;
}

/** Tiers whose autoscaler can follow a queue's depth. */
const scalesByDepth: Readonly<Record<TierName, boolean>> = {
  lightsail: false,
  "lightsail-vm": false,
  beanstalk: false,
  "ecs-ec2": true,
  "ecs-anywhere": false,
  eks: false,
  "eks-fargate": false,
  fargate: true,
};

export function withQueues(backed: Backed): Backed {
  return Object.values(backed.app.services).reduce((before, { name }) => withQueue(before, name), backed);
}

function withQueue(backed: Backed, service: string): Backed {
  const { app, placement } = backed;
  const asked = placement.services[service]?.queue ?? null;
  if (asked === null) return backed;
  const say = (key: string, verdict: Verdict) => finding({ app, placement }, service, key, verdict);
  if (backingHome[placement.tier] === "lightsail") {
    const verdict = refused(
      "Lightsail's containers have no role to call SQS with",
      "run a queue in a container of the app, or use a tier of the VPC such as fargate",
    );
    return { ...backed, findings: [...backed.findings, say("x-spectrum.queue", verdict)] };
  }
  const { senders, variable, scale, fifo, visibilitySeconds, retentionDays, maxReceives } = asked;
  const id = `${service}.queue`;
  const users = [...new Set([service, ...senders])];
  const inVpc = backingHome[placement.tier] === "vpc";
  const settings = { fifo, visibilitySeconds, retentionDays, maxReceives };
  const queue: Queue = { kind: "queue", id, service, users, inVpc, ...settings };
  const variables: Record<string, Value> = {
    [`${variable}_URL`]: [{ output: `${id}.url` }],
    [`${variable}_REGION`]: [placement.environment.region],
  };
  const scaled = scale && scaledBy(backed, service, scale);
  const allowed = withPolicies(withPolicies(placement, [service], [receive(id)]), [...new Set(senders)], [send(id)]);
  const told = users.reduce((before, user) => withVariables(before, user, variables, `the queue of ${service}`), {
    ...backed,
    placement: scaled?.scale ? withScale(allowed, service, scaled.scale) : allowed,
  });
  const reached = `an SQS queue, reached by the service's role; its URL is in ${Object.keys(variables).join(", ")}`;
  return {
    ...told,
    services: [...told.services, queue],
    findings: [
      ...told.findings,
      say("x-spectrum.queue", kept(reached)),
      ...(scaled ? [say("x-spectrum.queue.scale", scaled.verdict)] : []),
    ],
  };
}

/** What the queue's depth does to the number of tasks. */
function scaledBy({ app, placement }: Backed, service: string, { min, max, messagesPerTask }: QueueScale) {
  const leftOut = (reason: string, remedy: string) => ({
    scale: null,
    verdict: changed(`left out: ${reason}`, remedy),
  });
  if (!scalesByDepth[placement.tier])
    return leftOut(
      `nothing on ${placement.tier} scales by a queue's depth`,
      "use the tier fargate or ecs-ec2, or scale under the service where the tier scales by cpu",
    );
  const host = app.services[service]?.networkMode;
  if (host?.startsWith("service:"))
    return leftOut(
      `${service} runs in the task of ${host.slice("service:".length)}`,
      "give it a task of its own: leave network_mode out",
    );
  const together = Object.values(app.services).filter(
    (s) => s.name === service || s.networkMode === `service:${service}`,
  );
  if (together.some(({ name }) => hasOneWriter(app, placement, name)))
    return leftOut(
      "the service writes to a named volume, so one task runs at a time",
      "concurrent: true under the service, where its programs share the files safely",
    );
  const scale: Scale = {
    min,
    max,
    cpu: null,
    memory: null,
    requests: null,
    schedule: [],
    backlog: { queue: [{ output: `${service}.queue.name` }], messagesPerTask },
  };
  return { scale, verdict: kept(`from ${min} to ${max} tasks, one for each ${messagesPerTask} messages in the queue`) };
}

function withScale(placement: Placement, service: string, scale: Scale): Placement {
  const own = placement.services[service];
  return own ? { ...placement, services: { ...placement.services, [service]: { ...own, scale } } } : placement;
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html */
const receive = (id: string): PolicyStatement => ({
  actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"],
  resources: [[{ output: `${id}.arn` }]],
});

const send = (id: string): PolicyStatement => ({
  actions: ["sqs:SendMessage"],
  resources: [[{ output: `${id}.arn` }]],
});
