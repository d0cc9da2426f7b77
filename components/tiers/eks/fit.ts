/** What the tier does to each thing that an app asks for. Pure. */
import type { Placement } from "../../../app/config/types";
import type { Finding } from "../../../app/finding";
import { changed, finding, refused } from "../../../app/fit";
import type { App } from "../../../app/model";
import { largestRoom } from "../../platform/eks/fleet";
import { fitKubernetes } from "../kubernetes/fit";
import { kubernetesKeys } from "../kubernetes/keys";
import { architectureOf, podHasOneWriter, podsOf } from "../kubernetes/pods";
import { oneWriter } from "../kubernetes/rules/deploy";
import { podRequest } from "../kubernetes/sizes";
import { fitExisting } from "./existing";
import { disksOf, settingsOf } from "./settings";

export const eksKeys = kubernetesKeys({ compute: "nodes", disks: disksOf });

export function fitEks(app: App, placement: Placement): readonly Finding[] {
  return [
    ...fitKubernetes({ keys: eksKeys, compute: "nodes" }, app, placement),
    ...(placement.environment.platform.eksClusterName === null ? sizes(app, placement) : fitExisting(app, placement)),
    ...spot(app, placement),
    ...disks(app, placement),
  ];
}

/** A pod is on one node, so the largest node is the largest pod. */
function sizes(app: App, placement: Placement): Finding[] {
  return podsOf(app).flatMap((pod) => {
    const { cpu, memory } = podRequest(app, placement, pod, "nodes");
    const room = largestRoom(architectureOf(pod.main));
    if (cpu <= room.cpu && memory <= room.memory) return [];
    const verdict = refused(
      `the pod asks for ${cpu} vCPU and ${memory} MiB, and the largest node has ${room.cpu.toFixed(2)} vCPU and ${room.memory} MiB for it`,
      "ask for less, or give sidecars a pod of their own",
    );
    return [finding({ app, placement }, pod.name, "deploy.resources", verdict)];
  });
}

function spot(app: App, placement: Placement): Finding[] {
  const settings = settingsOf(placement);
  return podsOf(app)
    .filter((pod) => settings.services[pod.name]?.spot ?? settings.spot)
    .filter((pod) => podHasOneWriter(app, placement, pod))
    .map((pod) =>
      finding(
        { app, placement },
        pod.name,
        "spot",
        changed(
          `no pod of it runs on Spot: ${oneWriter}`,
          "concurrent: true under the service, where its programs share the files safely",
        ),
      ),
    );
}

/** `disks` names volumes of the file. */
function disks(app: App, placement: Placement): Finding[] {
  return Object.keys(disksOf(placement))
    .filter((name) => !(name in app.volumes))
    .map((name) =>
      finding(
        { app, placement },
        null,
        `disks.${name}`,
        refused(`the file has no volume ${name}`, "name a volume of the Compose file"),
      ),
    );
}
