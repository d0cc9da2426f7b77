/** What Kubernetes keeps of a job and what not. Pure. */
import type { JobConfig } from "../../../../app/config/types";
import type { Finding } from "../../../../app/finding";
import { changed, finding, type FitContext, kept, refused, type Verdict } from "../../../../app/fit";
import { jobOf, waitersOf } from "../../../../app/jobs";
import { isTimeZone } from "../../../../app/time-zone";
import { wire } from "../../../../app/wiring";
import type { Compute } from "../../../platform/eks";
import { type Pod, podHasOneWriter } from "../pods";
import { leftOut } from "../rules/rule";
import { cronSchedule } from "./cron";
import { KEPT_RUNS } from "./run";

/** The findings of a job's pod. */
export function fitJob(context: FitContext, pod: Pod, compute: Compute): readonly Finding[] {
  const job = jobOf(context.placement, pod.name);
  if (job === null) return [];
  const words = [
    ["job", runs(context, pod, job)] as const,
    ...tries(job),
    ...apart(job, podHasOneWriter(context.app, context.placement, pod)),
    ...(job.on === "schedule" ? times(job, compute) : []),
    ...unscaled(context, pod),
  ];
  return [
    ...words.map(([key, verdict]) => finding(context, pod.name, key, verdict)),
    ...callers(context, pod),
    ...traffic(context, pod),
    ...(compute === "fargate" ? sidecars(context, pod) : []),
  ];
}

/** What is said of keys of the service's placement. */
type Words = Iterable<readonly [key: string, verdict: Verdict]>;

function runs({ app }: FitContext, { name }: Pod, { on, at }: JobConfig): Verdict {
  switch (on) {
    case "once":
      return kept(`run by hand, from a suspended CronJob: the stack's output run-${name} is the command`);
    case "deploy": {
      const waiters = waitersOf(app, name);
      const first = waiters.length > 0 ? ` before ${waiters.join(", ")}` : "";
      return kept(
        `a Job that each new version runs${first} and Pulumi waits for: where it fails, so does the deployment, and what runs goes on`,
      );
    }
    case "schedule":
      return kept(`run by a CronJob at ${at ?? ""}`);
  }
}

function* tries({ retries }: JobConfig): Words {
  if (retries === 0) return;
  const reason = `of all ${retries + 1} tries together: Kubernetes stops the run after it, whichever try it is at`;
  yield ["job.timeout", changed(reason, "give a timeout for all of them")];
}

/** Which runs may overlap. */
function* apart({ on, concurrency }: JobConfig, oneWriter: boolean): Words {
  if (on === "once" && concurrency === "forbid") {
    const reason = "allow: Kubernetes keeps runs of a schedule apart, not those that are started by hand";
    yield ["job.concurrency", changed(reason, "start the next when the last has ended, or say concurrency: allow")];
  }
  if (on === "schedule" && concurrency === "allow" && oneWriter) {
    const remedy = "concurrent: true under the service, where its programs share the files safely";
    yield ["job.concurrency", changed("forbid: it writes to a named volume, so one pod runs at a time", remedy)];
  }
}

/** Of a schedule: when it runs, and what is seen of a run that failed. */
function* times({ at, timezone, windowMinutes }: JobConfig, compute: Compute): Words {
  const found = cronSchedule(at ?? "");
  if ("reason" in found) yield ["job.at", refused(found.reason, found.remedy)];
  else if (found.byTheClock) {
    const reason = `by the clock (${found.schedule}, in UTC), not from when the schedule is made`;
    yield ["job.at", changed(reason, "nothing to do; cron(…) says the minute")];
  }
  if (!isTimeZone(timezone))
    yield ["job.timezone", refused(`there is no time zone ${timezone}`, "give an IANA name: Europe/Berlin")];
  if (windowMinutes > 0) {
    const reason = `it starts at its time; where Kubernetes is late, it still starts within ${windowMinutes} minutes`;
    yield ["job.windowMinutes", changed(reason, "spread jobs by the minutes of their schedules")];
  }
  const stays = compute === "nodes" ? `the last ${KEPT_RUNS.failed} for 14 days` : "for an hour";
  yield [
    "job.retries",
    changed(
      `a run that failed for good goes to no queue: its Job can be looked at, ${stays}`,
      "kubectl get jobs shows it; what it wrote is in its log group",
    ),
  ];
}

/** No Service leads to a job. */
function callers(context: FitContext, pod: Pod): readonly Finding[] {
  const names = new Set(pod.services.map(({ name }) => name));
  const links = Object.values(context.app.services).flatMap(({ name, links }) =>
    links.map(({ service: to }) => ({ service: name, host: to })),
  );
  const from = [...wire(context.app).rewrites, ...links]
    .filter(({ service, host }) => names.has(host) && !names.has(service))
    .map(({ service }) => service);
  if (from.length === 0) return [];
  const verdict = refused(
    `${[...new Set(from)].join(" and ")} name it as a host, and a job takes no traffic`,
    "leave its name out there, or let it go on running",
  );
  return [finding(context, pod.name, "expose", verdict)];
}

/** The entry leads to no pod of a job: its own ports are not opened anyway. */
function* traffic(context: FitContext, { name, services, sidecars }: Pod): Iterable<Finding> {
  const inJob = refused(`it runs in the pod of ${name}, a job, which takes no traffic`, "leave its ports out");
  for (const { name: service, ports } of sidecars)
    if (ports.length > 0) yield finding(context, service, "ports", inJob);
  for (const [i, { service }] of context.placement.hosts.entries()) {
    if (!services.some((one) => one.name === service)) continue;
    const verdict = refused(`${service} takes no traffic: ${name} is a job`, "name a service that goes on running");
    yield finding(context, null, `hosts[${i}].service`, verdict);
  }
}

/**
 * A job's sidecars are init containers, and AWS makes the machine as large as the larger of these and the sum of the others.
 * https://docs.aws.amazon.com/eks/latest/userguide/fargate-pod-configuration.html
 */
function sidecars(context: FitContext, { name, sidecars }: Pod): readonly Finding[] {
  const verdict = refused(
    `${name} is a job, and Fargate gives a job's sidecars no room of their own`,
    "run it as a service that the job calls, or use the tier eks",
  );
  return sidecars.map((sidecar) => finding(context, sidecar.name, "network_mode", verdict));
}

function* unscaled({ placement }: FitContext, { name }: Pod): Words {
  const word = leftOut("a run of a job is one pod, and is not rolled");
  const placed = placement.services[name];
  if (placed?.scale) yield ["scale", word];
  if (placed && placed.deployment.strategy !== "rolling") yield ["deployment", word];
}
