/** What an operation would do, in words for people: what is lost, what users notice, and what else goes. Pure. */
import { tierNames, type TierName } from "../../app/tiers";
import type { Step } from "../engine";
import { type Fate, type ResourceChange, resourceChanges } from "./resource-changes";
import { type Notice, noticeOf } from "./rules";

export interface Described {
  /** Of resources in the cloud and components alike, as Pulumi counts, without providers and the stack. */
  readonly counts: Readonly<Record<Fate, number>>;
  /** The worst first: losses, interruptions, notes. */
  readonly notices: readonly Notice[];
  /** What is replaced or deleted and has no notice, by its type: nobody notices, and yet it is named. */
  readonly others: readonly {
    readonly fate: "replaced" | "deleted";
    readonly type: string;
    readonly names: readonly string[];
  }[];
}

export function describeChanges(steps: readonly Step[]): Described {
  const changes = resourceChanges(steps);
  const counts = { created: 0, updated: 0, replaced: 0, deleted: 0 };
  const notices: Notice[] = [...moves(changes)];
  const others = new Map<string, { fate: "replaced" | "deleted"; type: string; names: string[] }>();
  for (const change of changes) {
    const { fate, type, name } = change;
    counts[fate] += 1;
    const notice = noticeOf(change);
    if (notice) notices.push(notice);
    // a component is nothing in the cloud
    else if ((fate === "replaced" || fate === "deleted") && !isComponent(type)) {
      const key = `${fate} ${type}`;
      const group = others.get(key) ?? { fate, type, names: [] };
      others.set(key, { ...group, names: [...group.names, name] });
    }
  }
  const order = ["loss", "interruption", "note"];
  notices.sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  return { counts, notices, others: [...others.values()] };
}

const isComponent = (type: string): boolean => /^(?:spectrum|awsx|eks):/u.test(type);

/** An app whose component of one tier goes and of another comes. */
function moves(changes: readonly ResourceChange[]): readonly Notice[] {
  const tiersOf = (fate: Fate) =>
    changes.flatMap((change) => {
      const tier = change.fate === fate ? tierOf(change.type) : null;
      return tier === null ? [] : [{ app: change.name, urn: change.urn, tier }];
    });
  const left = tiersOf("deleted");
  return tiersOf("created").flatMap(({ app, urn, tier }) => {
    const from = left.find((one) => one.app === app);
    if (!from) return [];
    const text = `the app ${app} moves from ${from.tier} to ${tier}: it runs there before it ends here; what it keeps in memory or on its containers' disks stays behind`;
    return [{ severity: "note" as const, urn, text }];
  });
}

/** The tier that a component hosts an app on: `spectrum:lightsail:App`, `spectrum:tier:EcsAnywhere`. */
function tierOf(type: string): TierName | null {
  const [, room, name = ""] = type.split(":");
  const tier =
    room === "tier" ? name.replace(/(?<=[a-z\d])(?=[A-Z])/gu, "-").toLowerCase() : name === "App" ? room : "";
  return tierNames.find((one) => one === tier) ?? null;
}
