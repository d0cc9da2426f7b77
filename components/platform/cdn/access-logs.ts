/** A distribution's access logs, in a log group. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../../app/config/types";
import { environmentPrefix, slug } from "../../names";
import { logGroup } from "../logs";
import { EDGE_REGION } from "./edge";

/** Characters of a delivery's name (DeliverySourceName). */
const NAME_LENGTH = 60;

/**
 * 0.50 USD a GB. AWS gives itself the right to write, in a policy `AWSLogDeliveryWrite20150319` of the account's.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
 */
export function accessLogs(
  name: string,
  args: {
    readonly app: string;
    readonly environment: EnvironmentConfig;
    readonly distributionArn: pulumi.Input<string>;
  },
  parent: pulumi.Resource,
): void {
  const { app, environment, distributionArn } = args;
  const region = EDGE_REGION;
  const group = logGroup(name, { environment, path: [app, "cdn", "access"], region }, { parent });
  const physicalName = slug(`${environmentPrefix(environment.name)}-${app}-cdn`, NAME_LENGTH);
  const source = new aws.cloudwatch.LogDeliverySource(
    name,
    { name: physicalName, logType: "ACCESS_LOGS", resourceArn: distributionArn, region },
    { parent },
  );
  const destination = new aws.cloudwatch.LogDeliveryDestination(
    name,
    {
      name: physicalName,
      outputFormat: "json",
      deliveryDestinationConfiguration: { destinationResourceArn: group.arn },
      region,
    },
    { parent },
  );
  new aws.cloudwatch.LogDelivery(
    name,
    { deliverySourceName: source.name, deliveryDestinationArn: destination.arn, region },
    { parent },
  );
}
