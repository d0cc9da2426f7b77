/** One pod's kind that goes on running: its Deployment, the names by which it is called, and how it is scaled. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childName } from "../../names";
import type { HostedService } from "../tier";
import { podLabels } from "./network-policy";
import { objectMetadata, type PodArgs, type PodNeeds, podNeeds, type PodOptions } from "./pod-needs";
import { podTemplate } from "./pod-template";
import { isScaled, podNames, podPorts, podReplicas, resourceName, rollout } from "./pods";
import { type Counted, guardPods, scaleDeployment } from "./scaling";

export interface WorkloadArgs extends PodArgs {
  /** Makes the rules that let the entry, and on Fargate the other pods, in. */
  readonly admit: readonly pulumi.Resource[];
}

/** Seconds that Kubernetes may take to end pods, drained by the load balancer. */
const DELETE_TIMEOUT = "1200s";

/** A Deployment with its Services, and what it needs. */
export class Workload extends pulumi.ComponentResource {
  readonly deployment: kubernetes.apps.v1.Deployment;
  /** By Compose service: the main one and its sidecars. */
  readonly hosted: Readonly<Record<string, HostedService>>;
  private readonly opts: PodOptions;

  constructor(
    private readonly name: string,
    private readonly args: WorkloadArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:tier:Workload", name, {}, opts);
    const { provider } = args.host.platform.eksCluster;
    this.opts = { parent: this, provider, dependsOn: [...args.dependsOn] };
    const needs = podNeeds(name, args, this.opts);
    const services = this.makeServices();
    const bindings = this.bind(services);
    this.deployment = this.makeDeployment(needs, [...needs.ready, ...services, ...bindings]);
    scaleDeployment(this.name, this.counted());
    guardPods(this.name, this.counted());
    this.hosted = this.describe(needs);
    this.registerOutputs({ deployment: this.deployment.metadata.name, hosted: this.hosted });
  }

  private get metadata() {
    return objectMetadata(this.args);
  }

  /** One Service for each name, so that `http://api:8080` works by DNS; a pod without ports is called by nobody. */
  private makeServices(): kubernetes.core.v1.Service[] {
    const { host, pod } = this.args;
    const ports = podPorts(host.app, pod);
    if (ports.length === 0) return [];
    return podNames(host.app, pod).map(
      (name, i) =>
        new kubernetes.core.v1.Service(
          i === 0 ? this.name : childName(this.name, "as", name),
          {
            // its pods come after it: Pulumi would wait for them
            metadata: { ...this.metadata, name, annotations: { "pulumi.com/skipAwait": "true" } },
            spec: {
              type: "ClusterIP",
              selector: podLabels(pod),
              ports: ports.map(({ port, protocol }) => ({
                name: `${protocol}-${port}`,
                port,
                targetPort: port,
                protocol: protocol.toUpperCase(),
              })),
            },
          },
          this.opts,
        ),
    );
  }

  /** Registers the pods in the entry's own target groups; the controller must outlive the binding, which it ends. */
  private bind([service]: readonly kubernetes.core.v1.Service[]): pulumi.Resource[] {
    const { host, pod, groups, admit } = this.args;
    if (!service) return [];
    return groups.map(
      ({ point, targetGroupArn, attachments }) =>
        new kubernetes.apiextensions.CustomResource(
          childName(this.name, String(point.port), point.protocol),
          {
            apiVersion: "elbv2.k8s.aws/v1beta1",
            kind: "TargetGroupBinding",
            metadata: { ...this.metadata, name: `${resourceName(point.service)}-${point.port}-${point.protocol}` },
            spec: {
              serviceRef: { name: resourceName(pod.name), port: point.port },
              targetGroupARN: targetGroupArn,
              targetType: "ip",
            },
          },
          {
            ...this.opts,
            dependsOn: [
              ...this.opts.dependsOn,
              service,
              ...host.platform.eksCluster.controller,
              ...attachments,
              ...admit,
            ],
          },
        ),
    );
  }

  private makeDeployment(needs: PodNeeds, before: readonly pulumi.Resource[]): kubernetes.apps.v1.Deployment {
    const { host, pod, after } = this.args;
    const { app, placement } = host;
    const steps = rollout(app, placement, pod);
    const timeout = `${placement.timeToFail}s`;
    return new kubernetes.apps.v1.Deployment(
      this.name,
      {
        metadata: { ...this.metadata, name: resourceName(pod.name) },
        spec: {
          ...(!isScaled(app, placement, pod) && { replicas: podReplicas(app, placement, pod) }),
          revisionHistoryLimit: 3,
          progressDeadlineSeconds: placement.timeToFail,
          selector: { matchLabels: podLabels(pod) },
          strategy: steps === null ? { type: "Recreate" } : { type: "RollingUpdate", rollingUpdate: { ...steps } },
          template: podTemplate(this.args, needs),
        },
      },
      {
        ...this.opts,
        dependsOn: [...this.opts.dependsOn, ...after, ...before],
        customTimeouts: { create: timeout, update: timeout, delete: DELETE_TIMEOUT },
      },
    );
  }

  private counted(): Counted {
    const { host, pod } = this.args;
    const { metadata, opts, deployment } = this;
    return { host, pod, metadata, deployment, opts };
  }

  private describe({ role, logGroups }: PodNeeds) {
    const { host, tier, pod, namespace, groups } = this.args;
    const { metadata } = this.deployment;
    return Object.fromEntries(
      pod.services.map(({ name: service }): [string, HostedService] => [
        service,
        {
          endpoints: Object.fromEntries(
            groups
              .filter(({ point }) => point.service === service)
              .map(({ point, targetGroupArn }) => [point.port, { kind: "target-group", targetGroupArn }]),
          ),
          ...(logGroups[service] && { logGroup: logGroups[service] }),
          identity: role.role.arn,
          revision: pulumi.interpolate`${metadata.name}:${metadata.generation}`,
          target: {
            tier,
            clusterName: host.platform.eksCluster.name,
            namespace,
            deployment: resourceName(pod.name),
            container: resourceName(service),
          },
          dimensions: {
            ClusterName: host.platform.eksCluster.name,
            Namespace: namespace,
            PodName: resourceName(pod.name),
          },
          ready: this.deployment,
        },
      ]),
    );
  }
}
