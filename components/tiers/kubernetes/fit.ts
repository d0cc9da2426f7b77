/** What the EKS tiers do to each thing that an app asks for. Pure. */
import { apiFindings, isApi, unreachedByApi } from "../../../app/api-entry";
import type { Placement } from "../../../app/config/types";
import type { Finding } from "../../../app/finding";
import { changed, finding, type FitContext, fitKeys, type KeyTable, refused } from "../../../app/fit";
import type { App } from "../../../app/model";
import { containerPorts } from "../../../app/ports";
import { publish } from "../../../app/publish";
import { defaultSize, serviceSizes } from "../../../app/size";
import type { Compute } from "../../platform/eks";
import { leakedSecrets } from "../common-keys";
import { fitJob } from "./jobs/fit";
import { jobOrder } from "./jobs/waiters";
import { type Pod, podHasOneWriter, podPorts, podReplicas, podsOf } from "./pods";
import { oneWriter } from "./rules/deploy";

/** Keys whose values may hold a secret: Kubernetes takes it by reference there. */
const SECRET_KEYS = ["services.*.environment.*", "configs.*.content"] as const;

/** The findings that both EKS tiers have; `keys` is the tier's own table. */
export function fitKubernetes(
  { keys, compute }: { readonly keys: KeyTable; readonly compute: Compute },
  app: App,
  placement: Placement,
): readonly Finding[] {
  const context = { app, placement };
  const pods = podsOf(app);
  const { leaks, rest } = leakedSecrets(context, SECRET_KEYS);
  return [
    ...fitKeys(keys, { ...context, app: rest }),
    ...leaks,
    ...(isApi(placement) ? apiFindings(context, unreachedByApi("pods")) : publish(app, placement).findings),
    ...unknownPorts(context, pods),
    ...silentSizes(context, pods),
    ...egress(context),
    ...pods.flatMap((pod) =>
      pod.main.job
        ? fitJob(context, pod, compute)
        : [
            ...portClashes(context, pod),
            ...writers(context, pod),
            ...deployments(context, pod),
            ...scaling(context, pod),
          ],
    ),
    ...circles(context, pods),
  ];
}

/** Services and network policies need every port that somebody calls. */
function unknownPorts(context: FitContext, pods: readonly Pod[]): Finding[] {
  const known = containerPorts(context.app);
  return pods
    .filter(({ main }) => !main.job)
    .flatMap(({ services }) => services)
    .filter(({ name }) => known[name]?.source === "unknown")
    .map(({ name }) =>
      finding(
        context,
        name,
        "expose",
        refused(
          "other services name it, and nothing says on which port it listens",
          `say it: expose: ["8080"] under ${name}`,
        ),
      ),
    );
}

function silentSizes(context: FitContext, pods: readonly Pod[]): Finding[] {
  const sizes = serviceSizes(context.app, context.placement);
  return pods
    .flatMap(({ services }) => services)
    .filter(({ name }) => sizes[name]?.said !== true)
    .map(({ name }) =>
      finding(
        context,
        name,
        "deploy.resources",
        changed(
          `nothing is said of its size, so ${defaultSize.cpu} vCPU and ${defaultSize.memory} MiB are taken`,
          "say deploy.resources.limits, or size under the service",
        ),
      ),
    );
}

/** Charts and the cluster's own images come from public registries. */
function egress(context: FitContext): Finding[] {
  if (context.placement.environment.platform.egress !== "endpoints") return [];
  const verdict = refused(
    "the cluster's controllers come from registries that the egress endpoints cannot reach",
    "set platform: { egress: nat }",
  );
  return [finding(context, null, "egress", verdict)];
}

/** The containers of a pod share one localhost, so each port is one container's. A job listens on none, whatever its image does. */
function portClashes(context: FitContext, pod: Pod): Finding[] {
  if (pod.main.job) return [];
  const known = containerPorts(context.app);
  const owner = new Map(podPorts(context.app, pod).map((p) => [`${p.port}/${p.protocol}`, p.service]));
  return pod.services.flatMap(({ name }) => {
    const taken = (known[name]?.ports ?? []).filter((p) => owner.get(`${p.port}/${p.protocol}`) !== name);
    return taken.map(({ port, protocol }) =>
      finding(
        context,
        name,
        "network_mode",
        refused(
          `port ${port} is ${owner.get(`${port}/${protocol}`) ?? "another container"}'s in the same pod`,
          "let it listen on another port, or give it a pod of its own",
        ),
      ),
    );
  });
}

/** One pod at a time: what that means for the update, the copies and the autoscaler. */
function writers(context: FitContext, pod: Pod): Finding[] {
  const { app, placement } = context;
  if (!podHasOneWriter(app, placement, pod)) return [];
  const remedy = "concurrent: true under the service, where its programs share the files safely";
  const say = (key: string, what: string) => finding(context, pod.name, key, changed(`${what}: ${oneWriter}`, remedy));
  return [
    say("volumes", "its pod is stopped before the next one starts, so a deployment interrupts it"),
    ...(pod.main.replicas > 1 && !("replicas" in pod.main.deploy) ? [say("deploy.replicas", "one pod runs")] : []),
    ...(placement.services[pod.name]?.scale ? [say("scale", "it is not scaled")] : []),
  ];
}

/** A Deployment is rolled; it has no second group of targets to move traffic to. */
function deployments(context: FitContext, pod: Pod): Finding[] {
  const strategy = context.placement.services[pod.name]?.deployment.strategy ?? "rolling";
  if (strategy === "rolling") return [];
  const verdict = refused(
    `Kubernetes moves no traffic step by step, so there is no ${strategy} deployment`,
    "use rolling, which starts new pods before old ones end; fargate has the others",
  );
  return [finding(context, pod.name, "deployment", verdict)];
}

function scaling(context: FitContext, pod: Pod): Finding[] {
  const { app, placement } = context;
  const scale = placement.services[pod.name]?.scale ?? null;
  if (scale === null || podHasOneWriter(app, placement, pod)) return [];
  const say = (key: string, reason: string, remedy: string) => finding(context, pod.name, key, refused(reason, remedy));
  return [
    ...(scale.requests === null
      ? []
      : [
          say(
            "scale.requests",
            "the HorizontalPodAutoscaler sees cpu and memory, and no load balancer's requests",
            "scale by cpu or memory instead",
          ),
        ]),
    ...(scale.schedule.length === 0
      ? []
      : [say("scale.schedule", "the HorizontalPodAutoscaler has no schedule", "scale by cpu or memory alone")]),
    ...(scale.min === 0
      ? [
          finding(
            context,
            pod.name,
            "scale.min",
            changed(`${podReplicas(app, placement, pod)}: one pod runs at least`, "say min: 1"),
          ),
        ]
      : []),
  ];
}

/** Pods wait for who is deployed before them; in a circle one is first. */
function circles(context: FitContext, pods: readonly Pod[]): Finding[] {
  return jobOrder(context.app, context.placement, pods).open.map(({ from, to }) =>
    finding(
      context,
      from,
      "depends_on",
      changed(
        `${from} and ${to} call each other: ${from} is started first, and finds ${to} once it is there`,
        "let it try again until the other answers",
      ),
    ),
  );
}
