/** Which services the world reaches by HTTPS: what a workflow calls, for it calls nothing else. Pure. */
import { isApi } from "./api-entry";
import type { Placement } from "./config/types";
import type { App } from "./model";
import { publish } from "./publish";

/** How the app's names lead to its tier. */
export interface Reach {
  /** True where nothing of the entry's stands between a name and the tier. */
  readonly direct: boolean;
  /** Of a tier that names lead to straight: whether it ends TLS itself. */
  readonly endsTls: boolean;
}

/** By service, the container port that is called: the first that is published over HTTPS. */
export function httpsPorts(
  app: App,
  placement: Placement,
  { direct, endsTls }: Reach,
): Readonly<Record<string, number>> {
  const ports: Record<string, number> = {};
  for (const { service, port, protocol, backend, hosts } of publish(app, placement).points) {
    if (protocol !== "http" || backend === "grpc") continue;
    const named = hosts.length > 0;
    const https = direct ? endsTls : named || isApi(placement) || placement.cdn !== null;
    if (https) ports[service] ??= port;
  }
  return ports;
}
