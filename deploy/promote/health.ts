/** Whether what runs is the release, and healthy. Pure. */
import { parseImage } from "../../app/image";
import type { EvidenceEntry } from "./evidence";
import type { BroughtRelease, SeenService } from "./types";

/** What is wrong with the services of a release; one line for each that is not as it should be. */
export function healthFaults(release: BroughtRelease, statuses: readonly SeenService[]): readonly string[] {
  const own = ownServices(release, statuses);
  if (own.length === 0) return [`${release.app}: nothing of it runs`];
  return own.flatMap(({ service, state, reasons }) =>
    state === "running" ? [] : [`${release.app}/${service} is ${state}: ${reasons[0] ?? "no reason given"}`],
  );
}

/** Where another image runs than the release names. What a tier does not tell is no fault. */
export function digestFaults(release: BroughtRelease, statuses: readonly SeenService[]): readonly string[] {
  return ownServices(release, statuses).flatMap(({ service, running }) => {
    const wanted = parseImage(release.images[service] ?? "")?.digest ?? null;
    const others = running.images.flatMap(({ digest }) => (digest === null || digest === wanted ? [] : [digest]));
    if (others.length === 0) return [];
    return [
      `${release.app}/${service} runs ${others.join(", ")}, and the release names ${wanted ?? "no image for it"}`,
    ];
  });
}

/** For the evidence. */
export function healthOf(release: BroughtRelease, statuses: readonly SeenService[]): EvidenceEntry["health"] {
  return Object.fromEntries(
    ownServices(release, statuses).map(({ service, state, running, wanted }) => [
      service,
      { state, healthy: running.healthy, wanted: wanted.count },
    ]),
  );
}

const ownServices = ({ app }: BroughtRelease, statuses: readonly SeenService[]): readonly SeenService[] =>
  statuses.filter((status) => status.app === app);
