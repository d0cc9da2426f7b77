/** The run of a job with each deployment: a Job that Pulumi awaits before the services that wait for it are rolled out. */
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { slug } from "../../../names";
import { objectMetadata, type PodNeeds, type PodOptions } from "../pod-needs";
import { type Pod, resourceName } from "../pods";
import { podTemplate, stopGrace } from "../pod-template";
import type { JobWorkloadArgs } from "./job-workload";
import { KEPT_SECONDS, runLimits } from "./run";
import { deployedVersion } from "./waiters";

/** Seconds that the end of a Job takes to be told, besides those that its pod has to end. */
const TOLD = 60;
/** Pulumi puts a hyphen and eight characters after it, and a Job's name is a label of its pods: 63 characters. */
const NAME_LENGTH = 54;

/**
 * A new Job for each new version of the job or of who waits for it: its template cannot be changed, so Pulumi makes the new
 * one, awaits its end, goes on, and deletes the old one last. A Job that failed is made anew by the next `up`, where Pulumi
 * would otherwise wait for it once more. It carries no time after which Kubernetes deletes it, or the next `refresh` would
 * find it gone and run the job again; only on Fargate, where it costs its machine as long as it is there.
 */
export function deployJob(
  name: string,
  args: JobWorkloadArgs,
  needs: PodNeeds,
  opts: PodOptions,
  before: readonly pulumi.Resource[],
): kubernetes.batch.v1.Job {
  const { job, pod, compute } = args;
  const limits = runLimits(job);
  const timeout = `${limits.activeDeadlineSeconds + stopGrace(pod) + TOLD}s`;
  return new kubernetes.batch.v1.Job(
    slug(name, NAME_LENGTH),
    {
      metadata: { ...objectMetadata(args), annotations: { "pulumi.com/replaceUnready": "true" } },
      spec: {
        ...limits,
        ...(job.retries === 0 && exitCodeOf(pod)),
        ...(compute === "fargate" && { ttlSecondsAfterFinished: KEPT_SECONDS.fargate }),
        template: podTemplate(args, needs, { "spectrum/version": deployedVersion(args, limits) }),
      },
    },
    { ...opts, dependsOn: [...opts.dependsOn, ...before], customTimeouts: { create: timeout, update: timeout } },
  );
}

/**
 * Kubernetes' word about the failure names the exit code where a rule says that it fails the Job, and else only that no try is
 * left. https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy
 */
const exitCodeOf = ({ name }: Pod) => ({
  podFailurePolicy: {
    rules: [{ action: "FailJob", onExitCodes: { containerName: resourceName(name), operator: "NotIn", values: [0] } }],
  },
});
