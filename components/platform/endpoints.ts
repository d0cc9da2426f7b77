/** Where a hosted app's points are reached: what its tier has promised for them. */
import type * as pulumi from "@pulumi/pulumi";
import type { EntryPoint } from "../../app/publish";
import type { Endpoint, HostedApp } from "../tiers/tier";
import type { RecordTarget } from "./dns-names";

export function endpointOf(point: EntryPoint, hosted: HostedApp): Endpoint {
  const endpoint = hosted.services[point.service]?.endpoints[point.port];
  if (!endpoint) throw unreachable(point);
  return endpoint;
}

export function readyOf(point: EntryPoint, hosted: HostedApp): pulumi.Resource {
  const service = hosted.services[point.service];
  if (!service) throw unreachable(point);
  return service.ready;
}

export function recordTarget(endpoint: Endpoint, point: EntryPoint): RecordTarget {
  switch (endpoint.kind) {
    case "alias":
      return { aliasName: endpoint.aliasName, aliasZoneId: endpoint.aliasZoneId };
    case "addresses":
      return { addresses: endpoint.addresses };
    case "target-group":
    case "registry":
      throw unreachable(point);
  }
}

/** A tier broke its contract: a defect. */
export function unreachable({ service, port }: EntryPoint): Error {
  return new Error(`the tier has no endpoint for ${service}:${port} that its entry could use`);
}
