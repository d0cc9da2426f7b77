/** What EC2 instances cost together with their disks and addresses, whatever runs them. Pure. */
import { HOURS, type PriceItem } from "../types";

export interface Instances {
  readonly type: string;
  readonly onDemand: number;
  readonly spot: number;
  /** GB of gp3 of each one's root volume. */
  readonly disk: number;
  /** True where each has a public IPv4 address. */
  readonly publicAddress: boolean;
  /** Hours a day for which they are there. */
  readonly hours: number;
}

export function instanceItems({ type, onDemand, spot, disk, publicAddress, hours }: Instances): readonly PriceItem[] {
  const all = onDemand + spot;
  const month = HOURS * (hours / 24);
  if (all === 0 || month === 0) return [];
  return [
    ...(onDemand > 0 ? [fixed(counted(onDemand, type), `ec2.${type}`, onDemand * month)] : []),
    ...(spot > 0
      ? [
          {
            ...fixed(`${counted(spot, type)} of Spot, at its price on demand`, `ec2.${type}`, spot * month),
            atMost: "Spot prices float below the price on demand",
          },
        ]
      : []),
    ...(disk > 0 ? [fixed(`disks of ${disk} GB`, "ebs.gp3", all * disk * (month / HOURS))] : []),
    ...(publicAddress ? [fixed("public IPv4 addresses of instances", "ipv4.hour", all * month)] : []),
  ];
}

const fixed = (what: string, key: string, quantity: number): PriceItem => ({ what, kind: "fixed", key, quantity });

const counted = (count: number, type: string) => `${count} × ${type}`;
