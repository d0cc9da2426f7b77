/** The status of a service on Elastic Beanstalk: of its environment, which runs all services of the app on each instance. */
import type { Aws } from "../aws";
import type { AskedService } from "../deployed";
import { lastLines, logOrReason } from "../logs";
import { type ContainerLog, serviceStatus, type ServiceStatus } from "../model";
import { instanceAtFault, judge } from "./judge";
import { type BeanstalkObservation, type BeanstalkTarget, observe } from "./observe";

export async function beanstalkStatus(aws: Aws, asked: AskedService<BeanstalkTarget>): Promise<ServiceStatus> {
  const seen = await observe(aws, asked.target);
  const found = judge(asked, seen);
  const isAtFault = found.state === "failing" || found.state === "rolled back";
  return serviceStatus(asked, { ...found, logs: isAtFault ? await logsOf(aws, asked, seen) : [] });
}

/** The containers' output is one log for each instance, its stream named by the instance. */
async function logsOf(
  aws: Aws,
  { revision, logGroup }: AskedService<BeanstalkTarget>,
  seen: BeanstalkObservation,
): Promise<readonly ContainerLog[]> {
  const instance = instanceAtFault(seen.instances, revision);
  if (logGroup === null || instance === null) return [];
  const lines = () => aws.once(`log ${logGroup} ${instance}`, () => lastLines(aws, logGroup, instance));
  return [await logOrReason(`all containers on the instance ${instance}`, lines)];
}
