/** A job of an app on EKS: a CronJob that runs it by hand or by its schedule, and a Job that runs with each deployment. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { JobConfig } from "../../../../app/config/types";
import type { JobTarget } from "../../tier";
import { objectLabels, objectMetadata, type PodArgs, type PodNeeds, podNeeds, type PodOptions } from "../pod-needs";
import { podTemplate } from "../pod-template";
import { podHasOneWriter, resourceName } from "../pods";
import { deployJob } from "./deploy-job";
import { KEPT_RUNS, KEPT_SECONDS, runLimits } from "./run";
import { cronJobTimes } from "./schedule";

export interface JobWorkloadArgs extends PodArgs {
  readonly job: JobConfig;
}

/**
 * What runs a job. It is of a Deployment's own type, so that a service which becomes a job, or the other way, keeps the names
 * of its account, its role and its volumes' claims.
 */
export class JobWorkload extends pulumi.ComponentResource {
  readonly target: JobTarget;
  /** The command line that runs it by hand. */
  readonly command: string;
  /** What its waiters' Deployments wait for; `null`: it does not run with deployments. */
  readonly ended: kubernetes.batch.v1.Job | null;
  private readonly opts: PodOptions;

  constructor(
    private readonly name: string,
    private readonly args: JobWorkloadArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:tier:Workload", name, {}, opts);
    const { host, pod, namespace, tier } = args;
    const { provider, name: clusterName } = host.platform.eksCluster;
    this.opts = { parent: this, provider, dependsOn: [...args.dependsOn] };
    const needs = podNeeds(name, args, this.opts);
    const before = [...args.after, ...needs.ready];
    this.makeCronJob(needs, before);
    this.ended = args.job.on === "deploy" ? deployJob(name, args, needs, this.opts, before) : null;
    const cronJob = resourceName(pod.name);
    this.target = { tier, clusterName, namespace, cronJob, container: cronJob };
    this.command = `kubectl --namespace ${namespace} create job --from=cronjob/${cronJob} ${cronJob}-$(date +%s)`;
    this.registerOutputs({ target: this.target, command: this.command });
  }

  private makeCronJob(needs: PodNeeds, before: readonly pulumi.Resource[]): void {
    const { host, job, pod, compute } = this.args;
    new kubernetes.batch.v1.CronJob(
      this.name,
      {
        metadata: { ...objectMetadata(this.args), name: resourceName(pod.name) },
        spec: {
          ...cronJobTimes(job, podHasOneWriter(host.app, host.placement, pod)),
          successfulJobsHistoryLimit: KEPT_RUNS.successful,
          failedJobsHistoryLimit: KEPT_RUNS.failed,
          jobTemplate: {
            metadata: { labels: objectLabels(this.args) },
            spec: {
              ...runLimits(job),
              ttlSecondsAfterFinished: KEPT_SECONDS[compute],
              template: podTemplate(this.args, needs),
            },
          },
        },
      },
      { ...this.opts, dependsOn: [...this.opts.dependsOn, ...before] },
    );
  }
}
