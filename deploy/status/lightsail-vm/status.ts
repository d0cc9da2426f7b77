/** The status of a service on Lightsail instances of its own. */
import type { Aws } from "../aws";
import type { AskedService } from "../deployed";
import { logOrReason } from "../logs";
import { serviceStatus, type ServiceStatus } from "../model";
import { hasFailed, judge } from "./judge";
import { type MachineTarget, observe, report } from "./observe";

/**
 * By what the association's last run has left, so that asking changes nothing and runs nothing: `docker compose ps` on the
 * machines would take `ssm:SendCommand`, which is the right to do anything there.
 */
export async function lightsailVmStatus(aws: Aws, asked: AskedService<MachineTarget>): Promise<ServiceStatus> {
  const { revision, target } = asked;
  const seen = await observe(aws, revision, target);
  const run = seen.runs.find(hasFailed);
  const logs =
    run?.OutputSource?.OutputSourceId === undefined
      ? []
      : [
          await logOrReason(`the machine ${run.ResourceId ?? ""}`, () =>
            aws.once(`report ${revision} ${run.ResourceId ?? ""}`, () => report(aws, run)),
          ),
        ];
  return serviceStatus(asked, { ...judge(asked, seen), logs });
}
