/** Ports: the short form of `ports`, and ranges. */
import { show } from "./problems";
import { isIP } from "node:net";

export interface PortMapping {
  readonly hostIp: string;
  /** One port, a range (for a single container port, any of which is free), or empty: any free port. */
  readonly published: string;
  readonly target: number;
  readonly protocol: string;
}

/** What is wrong with a port, with what is allowed. */
export class PortError extends Error {}

/** The most ports of one range. */
export const MAX_RANGE = 1000;

const FORM = "the form is [[host ip:]published:]target[/protocol], each port a number or a range such as 8000-8010";

/** Reads the short form. A range gives one mapping for each port, in Compose's order (by target as text). */
export function parsePorts(spec: string): PortMapping[] {
  const parts = spec.split(":");
  const [container = "", suffix] = (parts.at(-1) ?? "").split("/");
  const protocol = (suffix ?? "").toLowerCase() || "tcp";
  const host = parts.length > 1 ? (parts.at(-2) ?? "") : "";
  const rawIp = parts.slice(0, -2).join(":");
  if (!["tcp", "udp", "sctp"].includes(protocol))
    throw new PortError(`the protocol ${show(protocol)} is unknown, tcp, udp and sctp are allowed`);
  const hostIp = rawIp.replace(/^\[(.*)\]$/u, "$1");
  if ((rawIp.includes(":") && hostIp === rawIp) || (hostIp !== "" && !isAddress(hostIp)))
    throw new PortError(`${show(rawIp)} is no ip address (an IPv6 address stands in [ ]), ${FORM}`);
  const target = parseRange(container);
  const published = host === "" ? null : parseRange(host);
  if (target === null || (host !== "" && published === null)) throw new PortError(`${show(spec)} is no port, ${FORM}`);
  const size = target.end - target.start;
  if (published !== null && size !== published.end - published.start && size !== 0)
    throw new PortError(`the ranges ${host} and ${container} are not of one length, ${FORM}`);
  if (size >= MAX_RANGE)
    throw new PortError(`the range ${container} has more than ${MAX_RANGE} ports, at most so many are allowed`);
  const mappings: PortMapping[] = [];
  for (let i = 0; i <= size; i++) {
    const first = published === null ? "" : String(published.start + i);
    const dynamic = published !== null && size === 0 && published.end !== published.start;
    mappings.push({
      hostIp,
      target: target.start + i,
      published: dynamic ? `${first}-${published.end}` : first,
      protocol,
    });
  }
  return mappings.sort((a, b) => (`${a.target}/` < `${b.target}/` ? -1 : 1));
}

/** `80` or `8000-8010`; `null` where the text is neither. */
export function parseRange(source: string): { readonly start: number; readonly end: number } | null {
  const match = /^(\d+)(?:-(\d+))?$/u.exec(source);
  if (match === null) return null;
  const start = Number(match[1]);
  const end = Number(match[2] ?? match[1]);
  return start > 65535 || end > 65535 || end < start ? null : { start, end };
}

/** True for an IPv4 or IPv6 address without a zone. */
export function isAddress(source: string): boolean {
  return isIP(source) !== 0 && !source.includes("%");
}
