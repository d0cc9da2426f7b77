/** What a Lightsail container service is up to, from what Lightsail says of it. Pure. */
import type { ContainerService, ContainerServiceDeployment } from "@aws-sdk/client-lightsail";
import type { AskedService } from "../deployed";
import { type Found, runningImage } from "../model";
import type { LightsailObservation, LightsailTarget } from "./observe";

const UNTOLD = [
  "Lightsail tells neither how many nodes run nor whether each is healthy: a deployment is active once the public container has passed its check on them",
  "Lightsail does not tell of containers without the public port whether they run",
];
const NO_DIGEST = "Lightsail does not tell the digest of an image that is named by a tag";

/** What was found, but for the logs. */
export function judge({ revision, target }: AskedService<LightsailTarget>, seen: LightsailObservation): Found {
  const { service } = seen;
  if (service === null)
    return { state: "stopped", reasons: [`there is no container service ${target.containerService}`], untold: UNTOLD };
  const { currentDeployment: current, scale = null } = service;
  const reference = current?.state === "ACTIVE" ? current.containers?.[target.container]?.image : undefined;
  const image = reference === undefined ? null : runningImage(reference);
  return {
    ...verdict(versionOf(revision), seen, service),
    count: scale,
    running: {
      revision: current?.version === undefined ? null : `${target.containerService}/${current.version}`,
      images: image ? [image] : [],
    },
    untold: image?.digest === null ? [...UNTOLD, NO_DIGEST] : UNTOLD,
  };
}

function verdict(
  wanted: number,
  { deployments }: LightsailObservation,
  service: ContainerService,
): Required<Pick<Found, "state" | "reasons">> {
  const { state = "", stateDetail, currentDeployment: current, nextDeployment: next } = service;
  const detail = [stateDetail?.message ?? stateDetail?.code].filter((text) => text !== undefined);
  if (state === "DISABLED" || state === "DELETING")
    return { state: "stopped", reasons: [`the container service is ${state.toLowerCase()}`] };
  const asked: ContainerServiceDeployment | undefined = [current, next, ...deployments].find(
    (deployment) => deployment?.version === wanted,
  );
  if (asked?.state === "FAILED") {
    const failed = `the deployment ${wanted} has failed`;
    return current?.state === "ACTIVE"
      ? { state: "rolled back", reasons: [`${failed}; ${current.version ?? "an earlier one"} goes on`, ...detail] }
      : { state: "failing", reasons: [failed, ...detail] };
  }
  if (asked?.state === "ACTIVATING" || (asked?.state === "ACTIVE" && state !== "RUNNING"))
    return { state: "deploying", reasons: [`the container service is ${state.toLowerCase()}`, ...detail] };
  if (asked?.state === "ACTIVE") return { state: "running", reasons: [] };
  const runs = current?.version === undefined ? "no deployment" : `the deployment ${current.version}`;
  return {
    state: "changed",
    reasons: [`${runs} runs, and ${wanted} was asked for: somebody has deployed past Pulumi`],
  };
}

/** `spectrum-dev-shop/4`: the provider's id of a deployment. */
const versionOf = (revision: string): number => Number(revision.slice(revision.lastIndexOf("/") + 1));
