/** What a tier of machines does to an app's jobs, besides the words on their keys. Pure. */
import type { JobConfig } from "../../../app/config/types";
import type { Finding } from "../../../app/finding";
import { changed, finding, type FitContext, kept, refused, type Verdict } from "../../../app/fit";
import { deployJobs, jobOf, jobsOf } from "../../../app/jobs";
import type { Service } from "../../../app/model";
import { jobSeconds, MAX_COMMAND_SECONDS } from "./job-program";

export interface JobWords {
  /** Where a job runs: `the machine`. */
  readonly where: string;
  /** Of one that runs before each new version. */
  readonly deploy: Verdict;
  /** The seconds that a deployment may last, with the jobs before it, and what ends it then: `a command of Systems Manager`. */
  readonly longest: { readonly seconds: number; readonly by: string };
}

/** How each job is run, and what nobody can have of it. */
export function jobFindings(context: FitContext, words: JobWords): readonly Finding[] {
  const { app, placement } = context;
  const { longest } = words;
  const seconds = placement.timeToFail + deployJobSeconds(context);
  const tooLong = refused(
    `a deployment with its jobs may last ${Math.ceil(seconds)} s, and ${longest.by} ends after ${longest.seconds}`,
    "give the jobs shorter timeouts, or fewer retries",
  );
  const any = deployJobs(app, placement).length > 0;
  return [
    ...jobsOf(app).flatMap((service) => {
      const job = jobOf(placement, service.name);
      return job === null ? [] : ofJob(context, service, job, words);
    }),
    ...Object.values(app.services).flatMap((service) => sharedNetwork(context, service)),
    ...(any && seconds > longest.seconds ? [finding(context, null, "timeToFail", tooLong)] : []),
  ];
}

/** Seconds in which the jobs that come before a version have ended, one after the other. */
export function deployJobSeconds({ app, placement }: FitContext): number {
  return deployJobs(app, placement).reduce((sum, { name }) => {
    const job = jobOf(placement, name);
    return sum + (job ? jobSeconds(job) : 0);
  }, 0);
}

function ofJob(context: FitContext, service: Service, job: JobConfig, words: JobWords): Finding[] {
  const report = (key: string, verdict: Verdict) => finding(context, service.name, key, verdict);
  const seconds = jobSeconds(job);
  const tooLong = refused(
    `with its retries it may last ${seconds} s, and a command of Systems Manager ends after ${MAX_COMMAND_SECONDS}`,
    "give it a shorter timeout, or fewer retries",
  );
  const noTraffic = changed("left out: a job takes no traffic", "leave the port out");
  return [
    report("job", jobVerdict(job, words)),
    ...(seconds > MAX_COMMAND_SECONDS ? [report("job.timeout", tooLong)] : []),
    ...service.ports.map(({ index }) => report(`ports[${index}]`, noTraffic)),
  ];
}

function jobVerdict({ on, at }: JobConfig, { where, deploy }: JobWords): Verdict {
  switch (on) {
    case "once":
      return kept(`run on ${where} by Systems Manager, when you or a workflow asks for it`);
    case "schedule":
      return kept(`run on ${where} by Systems Manager, which EventBridge Scheduler calls by ${at ?? ""}`);
    case "deploy":
      return deploy;
  }
}

/** A job's network is not there all the time. */
function sharedNetwork(context: FitContext, { name, networkMode }: Service): Finding[] {
  const shared = /^service:(.+)$/u.exec(networkMode ?? "")?.[1];
  if (shared === undefined || context.app.services[shared]?.job !== true) return [];
  const verdict = refused("it has the network of a job, which does not run all the time", "give it one of its own");
  return [finding(context, name, "network_mode", verdict)];
}
