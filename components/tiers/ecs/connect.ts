/** Service Connect: by which names and ports the tasks of an app call each other. Pure. */
import type { App } from "../../../app/model";
import { slug } from "../../names";
import { type EcsTask, serviceNames, type TaskPort } from "./tasks";

/** What Service Connect's proxy takes of a task's memory. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html */
export const PROXY_MEMORY = 64;

/** One name of a port: an item of the ECS service's `serviceConnectConfiguration.services`. */
export interface ConnectName {
  readonly portName: string;
  /** Unique in the app's namespace. */
  readonly discoveryName: string;
  /** AWS takes one alias for each discovery name. */
  readonly clientAlias: readonly [{ readonly dnsName: string; readonly port: number }];
  readonly timeout?: { readonly perRequestTimeoutSeconds: number };
}

/**
 * Every name of the task's services on each of its TCP ports, so that `http://api:8080` works; UDP has no names. Sidecars
 * are called by the main service's name, as in Compose. Without `app_protocol` bytes are passed on, whatever they say.
 */
export function connectNames(app: App, task: EcsTask, ports: readonly TaskPort[]): readonly ConnectName[] {
  const names = serviceNames(app);
  const own = task.services.flatMap(({ name }) => names[name] ?? []);
  const main = task.main.name.toLowerCase();
  return ports
    .filter(({ protocol }) => protocol === "tcp")
    .flatMap(({ service, port, name: portName, appProtocol }) =>
      own.map((dnsName): ConnectName => ({
        portName,
        discoveryName: dnsName === main && service === task.name ? portName : `${slug(dnsName, 52)}-${port}`,
        clientAlias: [{ dnsName, port }],
        // Compose ends no request; the proxy would after 15 s
        ...(appProtocol !== null && { timeout: { perRequestTimeoutSeconds: 0 } }),
      })),
    );
}
