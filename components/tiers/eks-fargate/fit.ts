/** What the tier does to each thing that an app asks for. Pure. */
import type { Placement } from "../../../app/config/types";
import type { Finding } from "../../../app/finding";
import { changed, finding, refused } from "../../../app/fit";
import type { App } from "../../../app/model";
import { FARGATE_LOGGING_LENGTH, logOutputs } from "../../platform/eks/fluent-bit";
import { clusterDemand } from "../kubernetes/demand";
import { fitKubernetes } from "../kubernetes/fit";
import { kubernetesKeys } from "../kubernetes/keys";
import { type Pod, podsOf } from "../kubernetes/pods";
import { sizeText, tooLarge } from "../kubernetes/rules/resources";
import { FARGATE_OVERHEAD, fargatePodSize, podRequest } from "../kubernetes/sizes";

export const eksFargateKeys = kubernetesKeys({ compute: "fargate", disks: () => ({}) });

export function fitEksFargate(app: App, placement: Placement): readonly Finding[] {
  return [
    ...fitKubernetes({ keys: eksFargateKeys, compute: "fargate" }, app, placement),
    ...podsOf(app).flatMap((pod) => size(app, placement, pod)),
    ...egress(app, placement),
    ...logging(app, placement),
  ];
}

/** What the pod is billed as, where that is more than was asked for. */
function size(app: App, placement: Placement, pod: Pod): Finding[] {
  const request = podRequest(app, placement, pod, "fargate");
  const asked = `${request.cpu} vCPU and ${request.memory} MiB`;
  const billed = fargatePodSize(request);
  const context = { app, placement };
  if (billed === null) return [finding(context, pod.name, "deploy.resources", tooLarge(`the pod asks for ${asked}`))];
  const verdict = changed(
    `${asked} and ${FARGATE_OVERHEAD} MiB for Kubernetes itself are billed as ${sizeText(billed)}`,
    "nothing to do; ask for less memory where the next size down would do",
  );
  return [finding(context, pod.name, "deploy.resources", verdict)];
}

/** A gateway that this tier cannot do without, where nobody asked for one. */
function egress(app: App, placement: Placement): Finding[] {
  const said = placement.environment.platform.egress;
  const context = { app, placement };
  if (said === "public")
    return [
      finding(
        context,
        null,
        "egress",
        refused(
          "Fargate's pods run in private subnets alone, and under the egress public these have no way out",
          "set platform: { egress: nat }, or leave egress out",
        ),
      ),
    ];
  return said === null
    ? [
        finding(
          context,
          null,
          "egress",
          changed(
            "nat: a NAT gateway is made, at 36.50 USD a month and 0.045 USD a GB in us-east-1, for pods in private subnets",
            "nothing to do, or use the tier eks, whose nodes need none",
          ),
        ),
      ]
    : [];
}

/** Fargate's log router takes so much configuration for the whole cluster, and no more. */
function logging(app: App, placement: Placement): Finding[] {
  const demand = clusterDemand(app, placement, {
    compute: "fargate",
    disks: {},
    nodes: null,
    capacity: () => "on-demand",
  });
  const { region, name } = placement.environment;
  // the project's name is not known here; a long one counts with what it may have
  const { length } = logOutputs([demand], { region, prefix: `/${"x".repeat(20)}/${name}` });
  if (length <= FARGATE_LOGGING_LENGTH) return [];
  const verdict = refused(
    `the app's log groups need ${length} characters of configuration, and Fargate takes ${FARGATE_LOGGING_LENGTH}`,
    "split the app, or use the tier eks",
  );
  return [finding({ app, placement }, null, "services", verdict)];
}
