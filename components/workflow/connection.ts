/** What authenticates a workflow's calls of a service: AWS makes no call over HTTPS without a connection. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { drawnSecret } from "../drawn-secret";
import { environmentPrefix, parameterName, slug } from "../names";

/** The header by which a service knows a workflow, where the config names no other. */
export const WORKFLOW_HEADER = "X-Spectrum-Workflow";
const NAME_LENGTH = 64;

export interface ServiceConnectionArgs {
  readonly environment: string;
  /** `shop.api` */
  readonly service: string;
  readonly header: string;
  /** `null`: one is drawn, and kept as an SSM parameter that the service may read to check it. */
  readonly secret: pulumi.Output<string> | null;
}

/**
 * A header with a secret value on each call. EventBridge keeps it in a secret of its own, which is free.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection-auth.html
 */
export function serviceConnection(
  name: string,
  { environment, service, header, secret }: ServiceConnectionArgs,
  opts: pulumi.CustomResourceOptions & { readonly parent: pulumi.Resource },
): aws.cloudwatch.EventConnection {
  const parameter = parameterName(pulumi.getProject(), environment, ...service.split("."), "workflows");
  const value = secret ?? drawnSecret(name, parameter, opts.parent);
  return new aws.cloudwatch.EventConnection(
    name,
    {
      name: slug(`${environmentPrefix(environment)}-${service}`, NAME_LENGTH),
      description: `calls of ${service} by workflows`,
      authorizationType: "API_KEY",
      authParameters: { apiKey: { key: header, value } },
    },
    opts,
  );
}
