/**
 * AWS for tests: a server on this machine that speaks the protocols of its APIs (JSON 1.1, REST with JSON, Query with XML), so
 * that the real SDK asks it. What it answers has the SDK's own types, which are made from AWS's API models.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type * as logs from "@aws-sdk/client-cloudwatch-logs";
import type * as ecs from "@aws-sdk/client-ecs";
import type * as eks from "@aws-sdk/client-eks";
import type * as beanstalk from "@aws-sdk/client-elastic-beanstalk";
import type * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import type * as lightsail from "@aws-sdk/client-lightsail";
import type * as ssm from "@aws-sdk/client-ssm";
import type * as sts from "@aws-sdk/client-sts";

/** By action, as IAM calls it. */
export interface AwsAnswers {
  "ecs:DescribeServices": ecs.DescribeServicesResponse;
  "ecs:ListTasks": ecs.ListTasksResponse;
  "ecs:DescribeTasks": ecs.DescribeTasksResponse;
  "eks:DescribeCluster": eks.DescribeClusterResponse;
  "elasticbeanstalk:DescribeEnvironments": beanstalk.EnvironmentDescriptionsMessage;
  "elasticbeanstalk:DescribeEnvironmentHealth": beanstalk.DescribeEnvironmentHealthResult;
  "elasticbeanstalk:DescribeInstancesHealth": beanstalk.DescribeInstancesHealthResult;
  "elasticbeanstalk:DescribeEvents": beanstalk.EventDescriptionsMessage;
  "elasticloadbalancing:DescribeTargetHealth": elb.DescribeTargetHealthOutput;
  "lightsail:GetContainerServices": lightsail.ContainerServicesListResult;
  "lightsail:GetContainerServiceDeployments": lightsail.GetContainerServiceDeploymentsResult;
  "lightsail:GetContainerLog": lightsail.GetContainerLogResult;
  "lightsail:GetInstanceState": lightsail.GetInstanceStateResult;
  "logs:GetLogEvents": logs.GetLogEventsResponse;
  "sts:GetCallerIdentity": sts.GetCallerIdentityResponse;
  "ssm:DescribeAssociation": ssm.DescribeAssociationResult;
  "ssm:DescribeAssociationExecutions": ssm.DescribeAssociationExecutionsResult;
  "ssm:DescribeAssociationExecutionTargets": ssm.DescribeAssociationExecutionTargetsResult;
  "ssm:DescribeInstanceInformation": ssm.DescribeInstanceInformationResult;
  "ssm:GetCommandInvocation": ssm.GetCommandInvocationResult;
}

export type AwsAction = keyof AwsAnswers;

/** A refusal, by the code that AWS gives it. */
export class AwsError {
  constructor(
    readonly code: string,
    readonly message = "the fake refuses",
    readonly status = 400,
  ) {}
}

/** IAM's own words. */
export const denied = (action: string, resource = "*"): AwsError =>
  new AwsError(
    "AccessDeniedException",
    `User: arn:aws:iam::123456789012:user/ann is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
  );

type Input = Readonly<Record<string, unknown>>;
type Answer<A extends AwsAction> = AwsAnswers[A] | AwsError;
export type Told = { readonly [A in AwsAction]?: Answer<A> | ((input: Input, time: number) => Answer<A>) };

export interface FakeAws {
  readonly url: string;
  /** Variables for a process that is to ask it, with credentials that lead nowhere. */
  readonly env: Readonly<Record<string, string>>;
  /** What has been asked since `tell`. */
  readonly asked: readonly { readonly action: string; readonly input: Input }[];
  /** What it answers from now on; whatever else is asked is refused. */
  tell(told: Told): void;
  close(): void;
}

export async function serveAws(): Promise<FakeAws> {
  let told: Told = {};
  let asked: { action: string; input: Input }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
    request.on("end", () => {
      const { protocol, action, input } = read(request, body);
      asked.push({ action, input });
      const time = asked.filter((one) => one.action === action).length;
      const answer = told[action as AwsAction] as unknown;
      const said: unknown =
        typeof answer === "function" ? (answer as (input: Input, time: number) => unknown)(input, time) : answer;
      const result = said ?? new AwsError("NotTold", `the fake was not told what to say to ${action}`);
      write[protocol](response, action.split(":")[1] ?? "", result);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
      AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      AWS_CONFIG_FILE: "no-such-file",
      AWS_SHARED_CREDENTIALS_FILE: "no-such-file",
    },
    get asked() {
      return asked;
    },
    tell: (what) => {
      told = what;
      asked = [];
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Sets variables of this process; the function that is returned puts back what was there. */
export function withEnv(env: Readonly<Record<string, string | undefined>>): () => void {
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
  const set = (values: Readonly<Record<string, string | undefined>>) => {
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  };
  set(env);
  return () => set(before);
}

type Protocol = "json" | "rest" | "query";

/** By the prefix of the header `X-Amz-Target`. */
const JSON_SERVICES: Readonly<Record<string, string>> = {
  AmazonEC2ContainerServiceV20141113: "ecs",
  Lightsail_20161128: "lightsail",
  Logs_20140328: "logs",
  AmazonSSM: "ssm",
};
/** By the version of the Query API. */
const QUERY_SERVICES: Readonly<Record<string, string>> = {
  "2010-12-01": "elasticbeanstalk",
  "2011-06-15": "sts",
  "2015-12-01": "elasticloadbalancing",
};

interface Question {
  readonly protocol: Protocol;
  readonly action: string;
  readonly input: Input;
}

function read({ headers, url = "" }: IncomingMessage, body: string): Question {
  const target = headers["x-amz-target"];
  if (typeof target === "string") {
    const [service = "", action = ""] = target.split(".");
    return {
      protocol: "json",
      action: `${JSON_SERVICES[service] ?? service}:${action}`,
      input: JSON.parse(body) as Input,
    };
  }
  const cluster = /^\/clusters\/([^/?]+)$/u.exec(url)?.[1];
  if (cluster !== undefined) return { protocol: "rest", action: "eks:DescribeCluster", input: { name: cluster } };
  const form = Object.fromEntries(new URLSearchParams(body));
  const service = QUERY_SERVICES[form.Version ?? ""] ?? form.Version ?? "unknown";
  return { protocol: "query", action: `${service}:${form.Action ?? ""}`, input: form };
}

const write: Readonly<Record<Protocol, (response: ServerResponse, action: string, answer: unknown) => void>> = {
  json: writeJson,
  rest: writeJson,
  query: writeXml,
};

/** Times are seconds of the epoch there. */
function writeJson(response: ServerResponse, _action: string, answer: unknown): void {
  if (answer instanceof AwsError) {
    response.writeHead(answer.status, {
      "Content-Type": "application/x-amz-json-1.1",
      "x-amzn-errortype": answer.code,
    });
    response.end(JSON.stringify({ __type: answer.code, message: answer.message }));
    return;
  }
  response.writeHead(200, { "Content-Type": "application/x-amz-json-1.1" });
  const seconds = (value: unknown): unknown => {
    if (value instanceof Date) return value.getTime() / 1000;
    if (Array.isArray(value)) return value.map(seconds);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, seconds(item)]));
  };
  response.end(JSON.stringify(seconds(answer)));
}

function writeXml(response: ServerResponse, action: string, answer: unknown): void {
  if (answer instanceof AwsError) {
    response.writeHead(answer.status, { "Content-Type": "text/xml" });
    const error = { Type: "Sender", Code: answer.code, Message: answer.message };
    response.end(`<ErrorResponse>${xml("Error", error)}<RequestId>1</RequestId></ErrorResponse>`);
    return;
  }
  response.writeHead(200, { "Content-Type": "text/xml" });
  const metadata = xml("ResponseMetadata", { RequestId: "1" });
  response.end(`<${action}Response>${xml(`${action}Result`, answer)}${metadata}</${action}Response>`);
}

function xml(name: string, value: unknown): string {
  if (value === undefined || value === null) return "";
  return `<${name}>${xmlContent(value)}</${name}>`;
}

function xmlContent(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => xml("member", item)).join("");
  if (typeof value === "object" && value !== null)
    return Object.entries(value)
      .map(([key, item]) => xml(key, item))
      .join("");
  return String(value).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
