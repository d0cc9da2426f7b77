/** Helpers of the EKS tiers' key rules. Pure. */
import { changed, type FitContext, type KeyRule, type Verdict } from "../../../../app/fit";
import type { KeyUse, Service } from "../../../../app/model";
import type { Placement } from "../../../../app/config/types";
import type { Compute } from "../../../platform/eks";
import { type Pod, podOfService, podsOf } from "../pods";

export const NOTHING = "nothing to do; leave the key out to be rid of this line";

export const leftOut = (reason: string, remedy: string = NOTHING): Verdict => changed(`left out: ${reason}`, remedy);

/** What the two EKS tiers differ in, where a rule asks. */
export interface KubernetesTier {
  readonly compute: Compute;
  /** GiB by volume, for those on a disk of EBS. */
  readonly disks: (placement: Placement) => Readonly<Record<string, number>>;
}

/** A service's use of a key with what its rule looks at. */
export interface ServiceUse {
  readonly use: KeyUse;
  readonly context: FitContext;
  /** The pod that the service is in, and all of the app's. */
  readonly pod: Pod;
  readonly pods: readonly Pod[];
}

type Rule = (service: Service, use: KeyUse, more: ServiceUse) => Verdict | null;

/** A rule that is told the service. */
export function ofService(rule: Rule): (use: KeyUse, context: FitContext) => Verdict | null {
  return (use, context) => {
    const service = use.service === null ? undefined : context.app.services[use.service];
    const pods = podsOf(context.app);
    const pod = service && podOfService(pods).get(service.name);
    return pod ? rule(service, use, { use, context, pod, pods }) : null;
  };
}

/** A rule for what goes on running; of a job the word is another. */
export function exceptJobs(word: Verdict, rule: KeyRule): KeyRule {
  return (use, context) => {
    if (use.service !== null && context.app.services[use.service]?.job) return word;
    return typeof rule === "function" ? rule(use, context) : rule;
  };
}

/** A rule for what Kubernetes knows of a whole pod: a sidecar has no say. */
export function ofPod(rule: Rule): KeyRule {
  return ofService((service, use, more) => {
    const { main } = more.pod;
    if (service === main) return rule(service, use, more);
    return leftOut(`the service runs in the pod of ${main.name}, whose word counts`, `say it on ${main.name}`);
  });
}

/** A flag that asks for something only where it is true. */
export function flag(verdict: Verdict): KeyRule {
  return ofService((_service, use) => (use.value === true ? verdict : leftOut("it is off anyway")));
}

/** The number in the first brackets of a finding's key: `volumes[2].target`. */
export function indexOf(use: KeyUse): number {
  return Number(/\[(\d+)\]/u.exec(use.key)?.[1] ?? -1);
}
