/**
 * The state machine that runs a job on an EKS tier: it reads the job's CronJob, which the tier keeps as the job's template, and
 * starts a Job of it. https://docs.aws.amazon.com/step-functions/latest/dg/connect-eks.html
 */
import type { Partition } from "../compile";
import type { JsonMap } from "../../source";

export interface KubernetesJob {
  readonly partition: Partition;
  readonly cluster: { readonly name: string; readonly endpoint: string; readonly certificateAuthority: string };
  readonly namespace: string;
  readonly cronJob: string;
  readonly container: string;
  /** Seconds until a run is stopped. */
  readonly timeout: number;
}

/** Lines of the container's log that become the job's output; with 16 KiB at most. */
const TAIL_LINES = "100";
const TAIL_BYTES = "16384";
/** A Job's name has 63 characters, and a UUID with its hyphen 37 of them. */
const HEAD_LENGTH = 26;
/** Seconds that an ended Job stays, to be looked at. */
const KEPT = 86_400;
/** Step Functions asks once a minute, and less often with time: what is stopped by Kubernetes is still learnt of. */
const LEARNING = 600;

/** Input `{ command?, environment? }`, output `{ exitCode, output }`; a run that fails fails the execution. */
export function kubernetesRunner(job: KubernetesJob): JsonMap {
  const { partition, cluster, namespace, cronJob, timeout } = job;
  const call = {
    ClusterName: cluster.name,
    CertificateAuthority: cluster.certificateAuthority,
    Endpoint: cluster.endpoint,
  };
  const throttled = { IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2, JitterStrategy: "FULL" };
  return {
    Comment: `Runs the job ${cronJob} in the namespace ${namespace}`,
    QueryLanguage: "JSONata",
    StartAt: "Read the job",
    States: {
      "Read the job": {
        Type: "Task",
        Resource: `arn:${partition}:states:::eks:call`,
        Arguments: { ...call, Method: "GET", Path: `/apis/batch/v1/namespaces/${namespace}/cronjobs/${cronJob}` },
        Assign: {
          given: "{% $states.input %}",
          template: "{% $states.result.ResponseBody.spec.jobTemplate.spec %}",
        },
        Retry: [{ ErrorEquals: ["States.TaskFailed"], ...throttled }],
        Next: "Run the job",
      },
      "Run the job": {
        Type: "Task",
        Resource: `arn:${partition}:states:::eks:runJob.sync`,
        Arguments: {
          ...call,
          Namespace: namespace,
          LogOptions: {
            RetrieveLogs: true,
            RawLogs: true,
            LogParameters: { tailLines: [TAIL_LINES], limitBytes: [TAIL_BYTES] },
          },
          Job: {
            apiVersion: "batch/v1",
            kind: "Job",
            metadata: {
              name: `{% '${headOf(cronJob)}-' & $uuid() %}`,
              labels: { "app.kubernetes.io/managed-by": "states" },
            },
            spec: `{% ${specOf(job)} %}`,
          },
        },
        TimeoutSeconds: timeout + LEARNING,
        Output: {
          exitCode: 0,
          output: `{% ${outputOf(job)} %}`,
        },
        End: true,
      },
    },
  };
}

/** A name's start, so that a hyphen and a UUID still fit. */
function headOf(cronJob: string): string {
  return cronJob.slice(0, HEAD_LENGTH).replace(/[-.]+$/u, "");
}

/** The template, with what was given in the place of the container's own; a workflow retries by itself. */
function specOf({ container, timeout }: KubernetesJob): string {
  const environment = `$append([$c.env[$not($exists($lookup($given.environment, name)))]],
        [$each($given.environment, function($v, $k) { { 'name': $k, 'value': $string($v) } })])`;
  const changed = `$merge([$c,
      $exists($given.command) ? { 'args': [$given.command] } : {},
      $exists($given.environment) ? { 'env': ${environment} } : {}])`;
  const containers = `[$map($template.template.spec.containers,
    function($c) { $c.name = '${container}' ? ${changed} : $c })]`;
  const pod = `$merge([$template.template, { 'spec': $merge([$template.template.spec, { 'containers': ${containers} }]) }])`;
  return `$merge([$template, {
  'backoffLimit': 0,
  'activeDeadlineSeconds': ${timeout},
  'ttlSecondsAfterFinished': ${KEPT},
  'template': ${pod} }])`;
}

/** What the container wrote last; `null` where its log could not be read. */
function outputOf({ container }: KubernetesJob): string {
  const logs = `[$each($states.result.logs.pods, function($p) { $lookup($p.containers, '${container}').log })]`;
  // $trim would make one space of each end of line
  return `($log := $replace($join(${logs}, '\\n'), /\\s+$/, ''); $log = '' ? null : $log)`;
}
