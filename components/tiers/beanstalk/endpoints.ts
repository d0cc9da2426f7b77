/** Where the entry's rules and names point to for an environment of Beanstalk's. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Endpoint } from "../tier";
import type { Deployment, Process } from "./deployment";

type Endpoints = Readonly<Record<number, Endpoint>>;

/** By service and container port: Beanstalk's target groups, or the one instance itself. */
export function endpointsOf(
  { processes, open }: Deployment,
  environment: aws.elasticbeanstalk.Environment,
  parent: pulumi.Resource,
): (service: string) => Endpoints {
  if (processes.length > 0) {
    const groups = findGroups(environment, parent);
    return (service) =>
      Object.fromEntries(
        processes.flatMap((process, i): [number, Endpoint][] =>
          process.service === service
            ? [
                [
                  process.target,
                  { kind: "target-group", targetGroupArn: groups.apply((arns) => groupOf(arns, process, i)) },
                ],
              ]
            : [],
        ),
      );
  }
  const aliasZoneId = aws.elasticbeanstalk.getHostedZoneOutput({}, { parent }).id;
  const { cname } = environment;
  return (service) =>
    Object.fromEntries(
      open
        .filter((port) => port.service === service)
        .map(({ target }): [number, Endpoint] => [
          target,
          { kind: "alias", aliasName: cname, aliasZoneId, url: pulumi.interpolate`http://${cname}`, direct: true },
        ]),
    );
}

/** The target groups that Beanstalk has made, by its Auto Scaling group: neither the API nor a tag names them. */
function findGroups(
  { autoscalingGroups }: aws.elasticbeanstalk.Environment,
  parent: pulumi.Resource,
): pulumi.Output<string[]> {
  const name = autoscalingGroups.apply((names) => names[0] ?? "");
  return aws.autoscaling.getGroupOutput({ name }, { parent }).targetGroupArns;
}

/** CloudFormation names a group after its stack and the first five letters of what it is in it: `awseb-port2-1T75SCD09HAAM`. */
function groupOf(arns: readonly string[], { name }: Process, index: number): string {
  if (arns.length === 1) return arns[0] ?? "";
  const letters = name === "default" ? "AWSEB" : name;
  return arns.find((arn) => arn.includes(`:targetgroup/awseb-${letters}-`)) ?? arns[index] ?? "";
}
