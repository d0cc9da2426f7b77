/** Helpers of the EKS tiers' key rules. Pure. */
import { changed, type FitContext, type KeyRule, type Verdict } from "../../../../app/fit";
import type { KeyUse, Service } from "../../../../app/model";
import type { Placement } from "../../../../app/config/types";
import type { Compute } from "../../../platform/eks";
import { hostOfSidecar, type Pod, podOfService, podsOf } from "../pods";

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

/** A rule that is told the service; a service that is hosted nowhere (a job) leaves its keys out. */
export function ofService(rule: Rule): (use: KeyUse, context: FitContext) => Verdict | null {
  return (use, context) => {
    const service = use.service === null ? undefined : context.app.services[use.service];
    if (!service) return null;
    const pods = podsOf(context.app);
    const pod = podOfService(pods).get(service.name);
    if (!pod)
      return leftOut(
        "the service is a job, and jobs are not built yet",
        "run it by hand, or in the main service's start script",
      );
    return rule(service, use, { use, context, pod, pods });
  };
}

/** A rule for what Kubernetes knows of a whole pod: a sidecar has no say. */
export function ofPod(rule: Rule): KeyRule {
  return ofService((service, use, more) => {
    const host = hostOfSidecar(more.context.app, service);
    if (host === null) return rule(service, use, more);
    return leftOut(`the service runs in the pod of ${host}, whose word counts`, `say it on ${host}`);
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
