/** Environments and apps for the tests of the platform's parts. */
import { defaultUsage } from "../../../app/config/schema";
import type { EnvironmentConfig, Host, PlatformConfig } from "../../../app/config/types";
import type { EntryPoint } from "../../../app/publish";

export function environment(
  platform: Partial<PlatformConfig> = {},
  more: Partial<Omit<EnvironmentConfig, "platform">> = {},
): EnvironmentConfig {
  return {
    name: "dev",
    region: "us-east-1",
    defaults: 1,
    protected: false,
    tags: {},
    secretNames: {},
    workflows: {},
    budget: null,
    usage: defaultUsage,
    policy: { exemptions: [] },
    overrides: [],
    apps: {},
    ...more,
    platform: {
      egress: null,
      availabilityZones: 2,
      vpcId: null,
      hostedZoneId: null,
      hostedZoneName: null,
      createHostedZone: false,
      lightsailZoneName: null,
      createLightsailZone: false,
      healthChecks: null,
      certificateArn: null,
      loadBalancerArn: null,
      entry: "alb",
      ecsClusterArn: null,
      permissionsBoundary: null,
      registries: {},
      registry: { environment: null, readers: [] },
      insights: "off",
      eks: { version: "1.36", admins: [], viewers: [], publicAccessCidrs: [], logTypes: null },
      eksClusterName: null,
      secretStore: "ssm",
      backup: null,
      ...platform,
    },
  };
}

export function host(name: string, more: Partial<Host> = {}): Host {
  return { host: name, path: "/", service: "web", port: 8080, priority: null, ...more };
}

/** An HTTP point of the service `web` on 8080. */
export function point(more: Partial<EntryPoint> = {}): EntryPoint {
  return {
    service: "web",
    port: 8080,
    protocol: "http",
    backend: "http",
    listenerPort: 8080,
    hosts: [],
    index: 0,
    healthPath: "/",
    ...more,
  };
}
