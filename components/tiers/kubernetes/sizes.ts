/** What pods ask of their machine, and what Fargate makes of it. Pure. */
import type { Placement } from "../../../app/config/types";
import type { App, Service } from "../../../app/model";
import { defaultSize, serviceSizes } from "../../../app/size";
import type { Compute } from "../../platform/eks";
import type { Size } from "../ecs/size";
import { fargateSizes } from "../fargate/sizes";
import type { Pod } from "./pods";

/** vCPU and MiB of one container. `limit`: `null` where it may take what the node has left. */
export interface ContainerResources {
  readonly request: { readonly cpu: number; readonly memory: number };
  readonly limit: { readonly cpu: number | null; readonly memory: number };
}

const MIB = 1024 * 1024;
const toMiB = (bytes: number | null) => (bytes === null ? null : Math.ceil(bytes / MIB));

/** On Fargate a container is sure of all that it may use: the machine is its pod's alone, and paid for. */
export function containerResources(
  app: App,
  placement: Placement,
  service: Service,
  compute: Compute,
): ContainerResources {
  const size = serviceSizes(app, placement)[service.name];
  const cpu = size?.cpu ?? defaultSize.cpu;
  const memory = size?.memory ?? defaultSize.memory;
  if (compute === "fargate") return { request: { cpu, memory }, limit: { cpu, memory } };
  const saidCpu = placement.services[service.name]?.cpu ?? service.limits.cpus;
  const reserved = Math.min(service.reservations.cpus ?? cpu, saidCpu ?? Number.POSITIVE_INFINITY);
  const reservedMemory = Math.min(toMiB(service.reservations.memory) ?? memory, memory);
  return { request: { cpu: reserved, memory: reservedMemory }, limit: { cpu: saidCpu, memory } };
}

/** What the scheduler sets aside for a pod: the sum of its containers. */
export function podRequest(
  app: App,
  placement: Placement,
  pod: Pod,
  compute: Compute,
): { readonly cpu: number; readonly memory: number } {
  const requests = pod.services.map((service) => containerResources(app, placement, service, compute).request);
  const sum = (of: (one: { cpu: number; memory: number }) => number) => requests.reduce((all, one) => all + of(one), 0);
  return { cpu: round(sum(({ cpu }) => cpu)), memory: sum(({ memory }) => memory) };
}

/** What Kubernetes' own processes take of each pod on Fargate. https://docs.aws.amazon.com/eks/latest/userguide/fargate-pod-configuration.html */
export const FARGATE_OVERHEAD = 256;

/** The sizes of Fargate's pods: those of ECS up to 16 vCPU; AWS's table for EKS has no more. */
export const fargatePodSizes: readonly Size[] = fargateSizes.filter(({ cpu }) => cpu <= 16_384);

/**
 * The size that AWS bills: the pod's request and 256 MiB, up to the next row of the table: the fewest processors that have
 * so much memory. `null`: no size is large enough.
 *
 * @param request vCPU and MiB
 */
export function fargatePodSize(request: { readonly cpu: number; readonly memory: number }): Size | null {
  const wanted = { cpu: Math.ceil(round(request.cpu * 1024)), memory: request.memory + FARGATE_OVERHEAD };
  return fargatePodSizes.find(({ cpu, memory }) => cpu >= wanted.cpu && memory >= wanted.memory) ?? null;
}

/** Kubernetes' words: `250m`, `512Mi`. */
export const cpuText = (cpu: number) => `${Math.ceil(round(cpu * 1000))}m`;
export const memoryText = (memory: number) => `${memory}Mi`;

/** Without what floating point adds: 0.1 + 0.2. */
const round = (value: number) => Math.round(value * 1e6) / 1e6;
