/** Which ports of a machine the app takes. Pure. */
import type { Claim } from "../../../app/claims";
import type { Placement } from "../../../app/config/types";
import type { Finding } from "../../../app/finding";
import { changed, finding, kept, refused, type Verdict } from "../../../app/fit";
import type { App, Port, Service } from "../../../app/model";
import { isPrivatePort } from "../../../app/known-images";
import { publish } from "../../../app/publish";
import { slug } from "../../names";
import type { TaskPort } from "../ecs/tasks";
import { appTask } from "./app-task";
import { RESERVED_PORTS } from "./limits";
import { machinesOf } from "./machines";
import { settingsOf } from "./settings";

interface Decision {
  readonly service: Service;
  readonly port: Port;
  /** The machine's port; `null`: not opened. */
  readonly hostPort: number | null;
  readonly verdict: Verdict;
}

/**
 * Every published port, and what became of it. Which ports are opened at all is the same on every tier; here each is the
 * machine's own port of that number, on all of its addresses.
 */
function decisions(app: App, placement: Placement): readonly Decision[] {
  const { task, network } = appTask(app);
  // names lead to the machine's ports, and close none of them
  const { findings } = publish(app, { ...placement, hosts: [] });
  const taken = new Map<string, string>();
  return (task?.services ?? []).flatMap((service) =>
    service.ports.map((port): Decision => {
      const at = { service, port };
      const said = findings.find((f) => f.service === service.name && f.key === `ports[${port.index}]`);
      const hostPort = network === "host" ? port.target : (port.published ?? port.target);
      const closed = (verdict: Verdict): Decision => ({ ...at, hostPort: null, verdict });
      if (said?.outcome === "changed") return closed(said);
      if (RESERVED_PORTS.includes(hostPort))
        return closed(
          refused(
            `${hostPort} is the machine's own, for SSH, Docker or the ECS agent`,
            `publish another port, such as ${hostPort === 22 ? 2222 : 8080}`,
          ),
        );
      const key = `${hostPort}/${port.protocol}`;
      const by = taken.get(key);
      if (by !== undefined)
        return closed(
          refused(
            `port ${hostPort} of the machine is published by ${by} already`,
            "publish another port for one of them",
          ),
        );
      taken.set(key, service.name);
      return { ...at, hostPort, verdict: opened(port, hostPort, network === "host") };
    }),
  );
}

function opened(port: Port, hostPort: number, isHost: boolean): Verdict {
  if (isHost && port.published !== null && port.published !== port.target)
    return changed(
      `${port.target} of the machine, whose network it is on`,
      "let it listen on the port that it publishes",
    );
  if (port.published === null && !isHost)
    return changed(
      `${hostPort} of the machine, instead of any free port`,
      "say which port of the machine it should be",
    );
  const { hostIp } = port;
  if (hostIp !== null && !["", "0.0.0.0", "::"].includes(hostIp))
    return changed(
      `${hostPort} of the machine on all of its addresses, not on ${hostIp} alone`,
      "let the machine's firewall open it there alone, or bind it to 127.0.0.1 where only the app needs it",
    );
  return kept(`${hostPort} of the machine; its own firewall decides who reaches it`);
}

/** What a port speaks is nobody's affair where nothing stands before it; but a database's port is opened only by this word. */
function protocolVerdict(service: Service, port: Port): Verdict {
  return isPrivatePort(service.image, port.target)
    ? kept("a database's or debugger's port, and opened all the same")
    : changed("left out: nothing stands before the port that would look at what it says", "nothing to do");
}

/** A finding for each published port. */
export function portFindings(app: App, placement: Placement): readonly Finding[] {
  const context = { app, placement };
  const ofJobs = publish(app, placement).findings.filter(
    ({ service, key }) => service !== null && app.services[service]?.job === true && key.startsWith("ports["),
  );
  const ofServices = decisions(app, placement).flatMap(({ service, port, verdict }) => {
    const key = `ports[${port.index}]`;
    return [
      finding(context, service.name, key, verdict),
      ...(port.appProtocol === null
        ? []
        : [finding(context, service.name, `${key}.app_protocol`, protocolVerdict(service, port))]),
    ];
  });
  return [...ofServices, ...ofJobs];
}

/** A published port as the task has it. */
export interface HostPort extends TaskPort {
  readonly hostPort: number;
}

/** What the task maps to ports of the machine. */
export function hostPorts(app: App, placement: Placement): readonly HostPort[] {
  return decisions(app, placement).flatMap(({ service, port, hostPort }): HostPort[] =>
    hostPort === null
      ? []
      : [
          {
            service: service.name,
            port: port.target,
            protocol: port.protocol,
            name: `${slug(service.name, 48)}-${hostPort}${port.protocol === "udp" ? "-udp" : ""}`,
            appProtocol: null,
            hostPort,
          },
        ],
  );
}

/** The ports that it takes of a machine of its group. */
export function machinePorts(app: App, placement: Placement): readonly Claim[] {
  const group = machinesOf(app.name, settingsOf(placement.settings).machines);
  return hostPorts(app, placement).map(({ service, hostPort, protocol }) => ({
    what: `port ${hostPort}/${protocol} of the machines ${group}`,
    key: `services.${service}`,
  }));
}

/** The machine's port for a container port: that of HTTPS or HTTP first, where there are several; `null`: none. */
export function hostPortOf(ports: readonly HostPort[], service: string, port: number): number | null {
  const own = ports.filter((p) => p.service === service && p.port === port).map(({ hostPort }) => hostPort);
  return [443, 80].find((number) => own.includes(number)) ?? own[0] ?? null;
}
