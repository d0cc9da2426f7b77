/** Which pods wait for a job that runs with each deployment, and what tells their versions apart. */
import * as pulumi from "@pulumi/pulumi";
import type { Placement } from "../../../../app/config/types";
import { jobOf, namedBy, waitersOf } from "../../../../app/jobs";
import type { App } from "../../../../app/model";
import { shortHash } from "../../../names";
import { type Pod, podOfService, startOrder, type StartOrder } from "../pods";
import type { PodArgs } from "../pod-needs";

/** The pods that are rolled out after the job has ended well. */
export function waitingPods(app: App, pods: readonly Pod[], job: string): readonly Pod[] {
  const by = podOfService(pods);
  const found = new Set(waitersOf(app, job).flatMap((service) => by.get(service) ?? []));
  return pods.filter((pod) => found.has(pod) && !pod.main.job);
}

/**
 * What is made after what: the services and the jobs that run with deployments, whose waiters come after them; then the other
 * jobs, which nobody waits for, each after what it names.
 */
export function jobOrder(app: App, placement: Placement, pods: readonly Pod[]): StartOrder {
  const isLate = ({ name, main }: Pod) => main.job && jobOf(placement, name)?.on !== "deploy";
  const late = pods.filter(isLate);
  const { tasks, after, open } = startOrder(
    app,
    pods.filter((pod) => !isLate(pod)),
  );
  const by = podOfService(pods);
  const named = late.map(({ name, services }) => {
    const others = services.flatMap((service) => namedBy(app, service.name)).flatMap((to) => by.get(to)?.name ?? []);
    return [name, [...new Set(others)].filter((other) => other !== name).sort()] as const;
  });
  return { tasks: [...tasks, ...late], after: { ...after, ...Object.fromEntries(named) }, open };
}

/**
 * Sixteen hex digits that change with the limits of the job's run, which its template does not hold, and with each new version
 * of who waits for it: its image, and what the file and the wiring say of its program. A new value of a secret of theirs alone
 * is no new version.
 */
export function deployedVersion({ host, pods, wiring, pod }: PodArgs, limits: object): pulumi.Output<string> {
  const services = waitingPods(host.app, pods, pod.name)
    .flatMap((waiter) => waiter.services.map(({ name }) => name))
    .sort();
  const { environment, command, entrypoint } = wiring;
  const images = pulumi.all(services.map((name) => host.images.of(name).uri));
  const program = (name: string) => [sorted(environment[name]), command[name], entrypoint[name]];
  return images.apply((uris) =>
    shortHash(JSON.stringify([limits, services.map((name, i) => [name, uris[i], program(name)])]), 16),
  );
}

const sorted = (record: object = {}) => Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
