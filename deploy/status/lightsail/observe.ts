/** What Lightsail says of a container service. */
import {
  type ContainerService,
  type ContainerServiceDeployment,
  GetContainerLogCommand,
  GetContainerServiceDeploymentsCommand,
  GetContainerServicesCommand,
} from "@aws-sdk/client-lightsail";
import { type Aws, pages } from "../aws";
import type { TargetOn } from "../deployed";
import { Refusal } from "../refusal";

export type LightsailTarget = TargetOn<"lightsail">;

export interface LightsailObservation {
  /** `null`: there is none. */
  readonly service: ContainerService | null;
  /** The last fifty; Lightsail keeps no more. */
  readonly deployments: readonly ContainerServiceDeployment[];
}

/** One round of questions for all containers of the service. */
export function observe(aws: Aws, { containerService }: LightsailTarget): Promise<LightsailObservation> {
  return aws.once(`lightsail ${containerService}`, async () => {
    const client = aws.client("lightsail");
    try {
      const [{ containerServices = [] }, { deployments = [] }] = await Promise.all([
        aws.ask("lightsail:GetContainerServices", () =>
          client.send(new GetContainerServicesCommand({ serviceName: containerService })),
        ),
        aws.ask("lightsail:GetContainerServiceDeployments", () =>
          client.send(new GetContainerServiceDeploymentsCommand({ serviceName: containerService })),
        ),
      ]);
      return { service: containerServices[0] ?? null, deployments };
    } catch (error) {
      if (error instanceof Refusal && error.kind === "absent") return { service: null, deployments: [] };
      throw error;
    }
  });
}

/** Pages of a log that are read for its end. */
const LOG_PAGES = 10;

/** The log of a container, the oldest line first: Lightsail has no question for its end. */
export async function containerLog(
  aws: Aws,
  { containerService: serviceName, container: containerName }: LightsailTarget,
): Promise<readonly string[]> {
  const events = await pages(async (pageToken) => {
    const { logEvents = [], nextPageToken: next } = await aws.ask("lightsail:GetContainerLog", () =>
      aws.client("lightsail").send(new GetContainerLogCommand({ serviceName, containerName, pageToken })),
    );
    return { items: logEvents, next };
  }, LOG_PAGES);
  return [...events]
    .sort((a, b) => Number(a.createdAt ?? 0) - Number(b.createdAt ?? 0))
    .map(({ message = "" }) => message.trimEnd());
}
