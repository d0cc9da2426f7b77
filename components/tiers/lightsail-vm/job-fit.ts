/** What the tier does to an app's jobs, besides the words on their keys. Pure. */
import type { JobConfig } from "../../../app/config/types";
import type { Finding } from "../../../app/finding";
import { changed, finding, type FitContext, kept, refused, type Verdict } from "../../../app/fit";
import { jobOf } from "../../../app/jobs";
import type { Service } from "../../../app/model";
import { jobSeconds, MAX_COMMAND_SECONDS } from "../compose";
import { deployJobSeconds } from "./document";
import type { Layout } from "./layout";

interface Context extends FitContext {
  readonly layout: Layout;
}

/** How each job is run, and what nobody can have of it. */
export function jobFindings(context: Context): readonly Finding[] {
  const { app, placement, layout } = context;
  const ofJobs = layout.jobs.flatMap((service) => {
    const job = jobOf(placement, service.name);
    return job === null ? [] : ofJob(context, service, job);
  });
  const together = deployJobSeconds(app, placement) + placement.timeToFail;
  const tooLong = refused(
    `a deployment with its jobs may last ${Math.ceil(together)} s, and a command of Systems Manager ends after ${MAX_COMMAND_SECONDS}`,
    "give the jobs shorter timeouts, or fewer retries",
  );
  return [
    ...ofJobs,
    ...layout.services.flatMap((service) => sharedNetwork(context, service)),
    ...(together > MAX_COMMAND_SECONDS ? [finding(context, null, "timeToFail", tooLong)] : []),
  ];
}

function ofJob(context: Context, service: Service, job: JobConfig): Finding[] {
  const report = (key: string, verdict: Verdict) => finding(context, service.name, key, verdict);
  const seconds = jobSeconds(job);
  const tooLong = refused(
    `with its retries it may last ${seconds} s, and a command of Systems Manager ends after ${MAX_COMMAND_SECONDS}`,
    "give it a shorter timeout, or fewer retries",
  );
  const noTraffic = changed("left out: a job takes no traffic", "leave the port out");
  return [
    report("job", jobVerdict(context, job)),
    ...(seconds > MAX_COMMAND_SECONDS ? [report("job.timeout", tooLong)] : []),
    ...service.ports.map(({ index }) => report(`ports[${index}]`, noTraffic)),
  ];
}

function jobVerdict({ layout }: Context, { on, at }: JobConfig): Verdict {
  const where = layout.machines === 1 ? "the machine" : "the first machine";
  switch (on) {
    case "once":
      return kept(`run on ${where} by Systems Manager, when you or a workflow asks for it`);
    case "schedule":
      return kept(`run on ${where} by Systems Manager, which EventBridge Scheduler calls by ${at ?? ""}`);
    case "deploy":
      return layout.machines === 1
        ? kept("run on the machine by each deployment before the new version is started, which its failure stops")
        : refused(
            `${layout.machines} machines are deployed to at once, and each of them would run it`,
            "set lightsail-vm: { machines: 1 }, make it one that runs by hand (job: once), or place the app on fargate",
          );
  }
}

/** A job's network is not there all the time. */
function sharedNetwork(context: Context, { name, networkMode }: Service): Finding[] {
  const shared = /^service:(.+)$/u.exec(networkMode ?? "")?.[1];
  if (shared === undefined || context.app.services[shared]?.job !== true) return [];
  const verdict = refused("it has the network of a job, which does not run all the time", "give it one of its own");
  return [finding(context, name, "network_mode", verdict)];
}
