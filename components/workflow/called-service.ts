/** A service that workflows call: what authenticates the calls, and what calls it where a token is awaited. */
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../app/config/types";
import { serviceCaller } from "../../app/workflows/deploy/runner/service";
import { allow, type Caller, type Statement } from "../iam";
import { childName, partitionOf } from "../names";
import { serviceConnection } from "./connection";
import { CALLED, type Started, stateMachine } from "./state-machine";

export interface CalledServiceArgs {
  readonly environment: EnvironmentConfig;
  readonly caller: Caller;
  /** `shop.api` */
  readonly service: string;
  /** `https://…`, with or without a slash at its end. */
  readonly url: pulumi.Output<string>;
  readonly header: string;
  /** The header's value; `null`: one is drawn. */
  readonly secret: pulumi.Output<string> | null;
}

/** Nothing of it has the app's tier in its URN: a change of tier changes the URL alone. */
export class CalledService extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;
  readonly connection: aws.cloudwatch.EventConnection;
  private made: Started | undefined;

  constructor(
    private readonly name: string,
    private readonly args: CalledServiceArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:workflow:CalledService", name, {}, opts);
    const { environment, service, header, secret } = args;
    this.url = args.url.apply((url) => url.replace(/\/$/u, ""));
    this.connection = serviceConnection(
      name,
      { environment: environment.name, service, header, secret },
      { parent: this },
    );
    this.registerOutputs({ connectionArn: this.connection.arn });
  }

  /** A state machine that calls the service, made at the first call: an HTTP task awaits no token, an execution may. */
  get machine(): Started {
    if (this.made) return this.made;
    const { environment, caller, service } = this.args;
    const partition = partitionOf(caller.region);
    const definition = pulumi
      .all([this.url, this.connection.arn])
      .apply(([url, connectionArn]) => serviceCaller(service, { partition, url, connectionArn }));
    const { machine } = stateMachine(
      childName(this.name, "caller"),
      {
        environment,
        caller,
        label: `${service}-caller`,
        config: CALLED,
        definition: definition.apply((value) => JSON.stringify(value, null, 2)),
        statements: [],
        onItself: ({ arn }) => callStatements(arn, [this]),
      },
      { parent: this },
    );
    return (this.made = { arn: machine.arn, machine });
  }
}

/** What a state machine needs to call services. https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html#connect-http-task-permissions */
export function callStatements(
  stateMachineArn: pulumi.Output<string>,
  services: readonly Pick<CalledService, "url" | "connection">[],
): readonly Statement[] {
  if (services.length === 0) return [];
  return [
    {
      ...allow(["states:InvokeHTTPEndpoint"], [stateMachineArn]),
      Condition: { StringLike: { "states:HTTPEndpoint": services.map(({ url }) => pulumi.interpolate`${url}/*`) } },
    },
    allow(
      ["events:RetrieveConnectionCredentials"],
      services.map(({ connection }) => connection.arn),
    ),
    allow(
      ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
      services.map(({ connection }) => connection.secretArn),
    ),
  ];
}
