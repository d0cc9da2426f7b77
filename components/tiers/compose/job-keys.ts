/** The words on Compose keys that mean another thing for a job, or for who names one. Pure. */
import { changed, kept, type KeyRule, refused, type Verdict } from "../../../app/fit";
import type { App, KeyUse, Service } from "../../../app/model";

const leftOut = (reason: string, remedy: string) => changed(`left out: ${reason}`, remedy);

/** Of a job itself. */
export const jobVerdicts = {
  containerName: leftOut("each run of a job has a name of its own", "leave the key out"),
  mode: leftOut("job under x-spectrum says when it runs", "leave the key out"),
  replicas: leftOut("a run of a job is one container", "leave the key out"),
  restart: leftOut("a job ends, and is run again as often as its retries say", "say retries under job"),
} as const;

/** A service whose `deploy.mode` makes it a job of Swarm's, but no job here. */
export const swarmJob = refused(
  "it makes the service a job of Swarm's, without a word on when it runs",
  "say job under x-spectrum",
);

/** A rule for what runs all the time; a job gets a word of its own. */
export const unlessJob =
  (verdict: Verdict, rule: KeyRule): KeyRule =>
  (use, context) =>
    context.app.services[use.service ?? ""]?.job === true
      ? verdict
      : typeof rule === "function"
        ? rule(use, context)
        : rule;

/** The word on `depends_on` where it names a job, else `null`: jobs are not the containers that Compose waits for. */
export function dependencyOnJob(app: App, { key }: KeyUse): Verdict | null {
  const name = Object.keys(app.services).find((n) => key === `depends_on.${n}` || key.startsWith(`depends_on.${n}.`));
  return name !== undefined && app.services[name]?.job === true
    ? kept(`it starts once ${name} has ended well, which a deployment runs first`)
    : null;
}

/** The word on `links` where one is to a job, else `null`. */
export function linkToJob(app: App, { links }: Service): Verdict | null {
  const job = links.find(({ service }) => app.services[service]?.job)?.service;
  return job === undefined ? null : leftOut(`${job} is a job, and nobody calls it`, "leave the link out");
}

/** The word on `volumes_from` where it names a job, else `null`. */
export function volumesFromJob(app: App, { volumesFrom }: Service): Verdict | null {
  const job = volumesFrom.find(({ service }) => app.services[service]?.job)?.service;
  if (job === undefined) return null;
  return refused(`${job} is a job, and has no container all the time`, "name the volumes under volumes");
}
