/** Keys of copies, order and updates on EKS. Pure. */
import { changed, type FitContext, kept, refused, type Verdict } from "../../../../app/fit";
import { jobOf } from "../../../../app/jobs";
import type { Service } from "../../../../app/model";
import { podHasOneWriter, podReplicas, rollout } from "../pods";
import { isProbed } from "../probes";
import { exceptJobs, leftOut, ofPod, ofService, type ServiceUse } from "./rule";

/** One word for each dependency: at its condition, or at its name where the short form is written. */
const dependency = ofService((service, use, { context, pod, pods }) => {
  const name = Object.keys(context.app.services)
    .filter((n) => use.key === `depends_on.${n}` || use.key.startsWith(`depends_on.${n}.`))
    .sort((a, b) => b.length - a.length)[0];
  const wanted = name === undefined ? undefined : service.dependsOn[name];
  const other = name === undefined ? undefined : context.app.services[name];
  if (name === undefined || !wanted || !other) return leftOut("the service that it names is not part of the app here");
  if (pod.services.includes(other))
    return pod.main.job
      ? leftOut(`in the pod of ${pod.name} its sidecars start first, in the order of the file`)
      : leftOut(`the containers of a pod start together, ${name} among them`, "let it try again until it answers");
  if (other.job) return afterJob(context, name, wanted.condition);
  if (!pods.some(({ services }) => services.includes(other))) return leftOut(`${name} is not hosted`);
  const { on } = jobOf(context.placement, pod.name) ?? {};
  if (on === "once" || on === "schedule")
    return changed(
      `made after the pods of ${name} are ready; a run does not wait`,
      "let it try again until it answers",
    );
  if (wanted.condition !== "service_healthy")
    return changed(`deployed after the pods of ${name} are ready`, "nothing to do");
  return isProbed(other.healthcheck)
    ? kept(`deployed after ${name} is healthy; a pod that starts again later does not wait`)
    : changed(`deployed after ${name} runs; it has no check to wait for`, `give ${name} a healthcheck.test`);
});

/** A job that cannot be awaited has a finding of its own on every tier. */
function afterJob({ placement }: FitContext, job: string, condition: string): Verdict | null {
  if (jobOf(placement, job)?.on !== "deploy" || condition !== "service_completed_successfully") return null;
  return kept(
    `deployed after the job ${job} has ended well, with each new version; where it fails, the old one goes on`,
  );
}

/** How many run is the pod's affair: a sidecar has as many as its main service. */
const copies = exceptJobs(
  leftOut("a run of a job is one pod"),
  ofPod((service, _use, { context, pod }) => {
    const { app, placement } = context;
    const count = podReplicas(app, placement, pod);
    if (placement.services[service.name]?.scale && !podHasOneWriter(app, placement, pod))
      return changed(`the autoscaler decides, from ${count} on`, "keep one of the two");
    return count < service.replicas
      ? changed(
          `${count}: ${oneWriter}`,
          "concurrent: true under the service, where its programs share the files safely",
        )
      : kept("so many pods run");
  }),
);

export const oneWriter = "the service writes to a named volume, so one pod runs at a time";

const mode = ofService((service, use) => {
  switch (use.value) {
    case "replicated-job":
    case "global-job":
      return service.job
        ? leftOut("x-spectrum says already that it is a job, of one pod")
        : refused(
            `${use.value} makes the service a job, which is said otherwise here`,
            "say x-spectrum: { job: once } under the service",
          );
    case "replicated":
    case "":
      return leftOut("so many pods run as replicas says; there is no other way");
    case "global":
      return refused("one copy on each node is not made", "say replicas");
    default:
      return refused(`there is no mode ${String(use.value)}`, "say replicated, or leave the key out");
  }
});

const notRolled = leftOut("a job is not rolled: its next run is of the new version");

/** A rule for `deploy.update_config`, which counts only where one pod may run beside another. */
function ofUpdate(rule: (service: Service, more: ServiceUse) => Verdict) {
  return exceptJobs(
    notRolled,
    ofPod((service, _use, more) => {
      const { app, placement } = more.context;
      return podHasOneWriter(app, placement, more.pod)
        ? leftOut(`${oneWriter}, stopped before the next starts`, "concurrent: true under the service")
        : rule(service, more);
    }),
  );
}

const rolled = ofUpdate((_service, { context, pod }) => {
  const steps = rollout(context.app, context.placement, pod);
  return kept(
    `while a new revision comes, ${steps?.maxSurge ?? 0} more or ${steps?.maxUnavailable ?? 0} fewer pods run`,
  );
});

const noStep = "Kubernetes waits for each pod to be ready instead";
const always = leftOut(
  "Kubernetes starts a container of a Deployment again, whatever it ends with",
  "where it runs to its end, say x-spectrum: { job: once } under the service",
);
const retried = leftOut(
  "a job that fails is started again as often as its retries say",
  "x-spectrum: { job: { retries: 3 } }",
);

export const deployKeys = {
  "services.*.depends_on": leftOut("it names no service"),
  "services.*.depends_on.*": dependency,
  "services.*.depends_on.*.required": leftOut("the service that it names is part of the app"),
  "services.*.depends_on.*.restart": ofService((_service, use) =>
    use.value === true
      ? leftOut("a pod goes on when another is replaced, and finds it again by its name")
      : leftOut("it is off anyway"),
  ),
  "services.*.deploy": leftOut("it says nothing"),
  "services.*.deploy.mode": mode,
  "services.*.deploy.replicas": copies,
  "services.*.scale": copies,
  "services.*.restart": exceptJobs(
    retried,
    ofService((service) =>
      service.restart === "always" || service.restart === "unless-stopped"
        ? leftOut("a container is always started again")
        : always,
    ),
  ),
  "services.*.deploy.restart_policy": leftOut("it says nothing"),
  "services.*.deploy.restart_policy.condition": exceptJobs(
    retried,
    ofService((_service, use) => (use.value === "any" ? leftOut("a container is always started again") : always)),
  ),
  "services.*.deploy.restart_policy.delay": leftOut("Kubernetes waits longer after each failure, up to 5 minutes"),
  "services.*.deploy.restart_policy.max_attempts": exceptJobs(
    retried,
    leftOut("Kubernetes never gives a container up"),
  ),
  "services.*.deploy.restart_policy.window": leftOut("a container's failures are forgotten after 10 minutes"),
  "services.*.deploy.rollback_config": leftOut(
    "a new revision that does not come up stops where it is, and the old pods go on",
    "deploy the old version again",
  ),
  "services.*.deploy.update_config": leftOut("it says nothing"),
  "services.*.deploy.update_config.delay": leftOut(noStep),
  "services.*.deploy.update_config.failure_action": ofUpdate(() =>
    leftOut(
      "a new revision that does not come up stops where it is, and the old pods go on",
      "deploy the old one again",
    ),
  ),
  "services.*.deploy.update_config.max_failure_ratio": leftOut("each new pod must be ready before the next step"),
  "services.*.deploy.update_config.monitor": leftOut(noStep),
  "services.*.deploy.update_config.order": rolled,
  "services.*.deploy.update_config.parallelism": rolled,
} as const;
