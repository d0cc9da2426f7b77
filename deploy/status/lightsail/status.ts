/** The status of a service on a Lightsail container service. */
import type { Aws } from "../aws";
import type { AskedService } from "../deployed";
import { logOrReason } from "../logs";
import { serviceStatus, type ServiceStatus } from "../model";
import { judge } from "./judge";
import { containerLog, type LightsailTarget, observe } from "./observe";

export async function lightsailStatus(aws: Aws, asked: AskedService<LightsailTarget>): Promise<ServiceStatus> {
  const { target } = asked;
  const found = judge(asked, await observe(aws, target));
  const isAtFault = found.state === "failing" || found.state === "rolled back";
  const logs = isAtFault ? [await logOrReason(target.container, () => containerLog(aws, target))] : [];
  return serviceStatus(asked, { ...found, logs });
}
