/**
 * Which actions an integration of Step Functions' takes, and on what. A resource that stands in the definition is named; one that only
 * the execution knows is the user's to allow. https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
 */
import type { JsonMap } from "../source";
import type { Permission } from "./permissions";
import type { Partition } from "./compile";

export interface Place {
  readonly partition: Partition;
  readonly region: string;
  readonly accountId: string;
}

/** `unknown`: the action that nobody can say the resource of. */
export type Access = { readonly allowed: readonly Permission[] } | { readonly unknown: string };

interface Call {
  readonly args: JsonMap;
  readonly place: Place;
  /** True where the task awaits the end of what it starts. */
  readonly sync: boolean;
}

/** The text of an argument; `null` where it is an expression, a path or not there. */
function literal(args: JsonMap, key: string): string | null {
  const value = args[key];
  return typeof value === "string" && !value.startsWith("{%") ? value : null;
}

const arn = ({ partition, region, accountId }: Place, service: string, resource: string): string =>
  `arn:${partition}:${service}:${region}:${accountId}:${resource}`;

const isArn = (text: string): boolean => text.startsWith("arn:");

/** On one resource that an argument names, or `unknown`. */
function on(
  actions: readonly string[],
  named: string | null,
  resource: (name: string) => string | readonly string[],
): Access {
  const [first = "*"] = actions;
  if (named === null) return { unknown: first };
  return { allowed: [{ actions, resources: [resource(named)].flat() }] };
}

const functionArns = (place: Place) => (name: string) => {
  const whole = isArn(name) ? name : arn(place, "lambda", `function:${name.replace(/^\d{12}:/u, "")}`);
  const unqualified = whole.split(":").slice(0, 7).join(":");
  return [unqualified, `${unqualified}:*`];
};

/** `https://sqs.us-east-1.amazonaws.com/123456789012/orders`, or a queue's name. */
const queueArn = (place: Place) => (url: string) => {
  const match = /^https:\/\/sqs\.(?<region>[^.]+)\.[^/]+\/(?<account>\d{12})\/(?<name>.+)$/u.exec(url)?.groups;
  return match
    ? `arn:${place.partition}:sqs:${match.region}:${match.account}:${match.name}`
    : arn(place, "sqs", url.slice(url.lastIndexOf("/") + 1));
};

const tableArn = (place: Place) => (name: string) => (isArn(name) ? name : arn(place, "dynamodb", `table/${name}`));
const same = (text: string): string => text;
const named =
  (place: Place, service: string, prefix: string) =>
  (name: string): string =>
    isArn(name) ? name : arn(place, service, `${prefix}${name}`);

/** The rule by which Step Functions learns of an end. https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html */
export const managedRule = (place: Place, rule: string): Permission => ({
  actions: ["events:DescribeRule", "events:PutRule", "events:PutTargets"],
  resources: [arn(place, "events", `rule/${rule}`)],
});

function and(access: Access, more: readonly Permission[]): Access {
  return "unknown" in access ? access : { allowed: [...access.allowed, ...more] };
}

const dynamodb =
  (action: string) =>
  ({ args, place }: Call): Access =>
    on([`dynamodb:${action}`], literal(args, "TableName"), tableArn(place));

/** What starting executions of another state machine takes, and awaiting them where `sync`. */
export function startAccess(place: Place, stateMachineArn: string, sync: boolean): readonly Permission[] {
  const machine = stateMachineArn.split(":").slice(0, 7).join(":");
  return [
    { actions: ["states:StartExecution"], resources: [stateMachineArn] },
    ...(sync
      ? [
          {
            actions: ["states:DescribeExecution", "states:StopExecution"],
            resources: [`${machine.replace(":stateMachine:", ":execution:")}:*`],
          },
          managedRule(place, "StepFunctionsGetEventsForStepFunctionsExecutionRule"),
        ]
      : []),
  ];
}

/** By what stands between `arn:aws:states:::` and the way of waiting. What is not here the user has to allow. */
export const integrations: Readonly<Record<string, (call: Call) => Access>> = {
  "lambda:invoke": ({ args, place }) =>
    on(["lambda:InvokeFunction"], literal(args, "FunctionName"), functionArns(place)),
  "sns:publish": ({ args }) => on(["sns:Publish"], literal(args, "TopicArn"), same),
  "sqs:sendMessage": ({ args, place }) => on(["sqs:SendMessage"], literal(args, "QueueUrl"), queueArn(place)),
  "dynamodb:getItem": dynamodb("GetItem"),
  "dynamodb:putItem": dynamodb("PutItem"),
  "dynamodb:updateItem": dynamodb("UpdateItem"),
  "dynamodb:deleteItem": dynamodb("DeleteItem"),
  "events:putEvents": ({ args, place }) => {
    const entries = Array.isArray(args.Entries) ? (args.Entries as readonly JsonMap[]) : null;
    if (entries === null) return { unknown: "events:PutEvents" };
    const buses = entries.map((entry) => ("EventBusName" in entry ? literal(entry, "EventBusName") : "default"));
    if (buses.includes(null) || entries.some((entry) => "EventBusName.$" in entry))
      return { unknown: "events:PutEvents" };
    const resources = [...new Set(buses)].map((bus) => named(place, "events", "event-bus/")(bus ?? ""));
    return { allowed: [{ actions: ["events:PutEvents"], resources }] };
  },
  "states:startExecution": ({ args, place, sync }) => {
    const machine = literal(args, "StateMachineArn");
    return machine === null ? { unknown: "states:StartExecution" } : { allowed: startAccess(place, machine, sync) };
  },
  "glue:startJobRun": ({ args, place, sync }) =>
    on(
      ["glue:StartJobRun", ...(sync ? ["glue:BatchStopJobRun", "glue:GetJobRun", "glue:GetJobRuns"] : [])],
      literal(args, "JobName"),
      named(place, "glue", "job/"),
    ),
  "codebuild:startBuild": ({ args, place, sync }) =>
    and(
      on(
        ["codebuild:StartBuild", ...(sync ? ["codebuild:BatchGetBuilds", "codebuild:StopBuild"] : [])],
        literal(args, "ProjectName"),
        named(place, "codebuild", "project/"),
      ),
      sync ? [managedRule(place, "StepFunctionsGetEventForCodeBuildStartBuildRule")] : [],
    ),
  "bedrock:invokeModel": ({ args, place }) =>
    on(["bedrock:InvokeModel"], literal(args, "ModelId"), (model) =>
      isArn(model) ? model : `arn:${place.partition}:bedrock:${place.region}::foundation-model/${model}`,
    ),
};

/** Services whose prefix in policies is not their name in the SDK. https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html */
const PREFIXES: Readonly<Record<string, string>> = {
  cloudwatchlogs: "logs",
  cloudwatchevents: "events",
  eventbridge: "events",
  sfn: "states",
  elasticloadbalancingv2: "elasticloadbalancing",
  sesv2: "ses",
  efs: "elasticfilesystem",
  cognitoidentityprovider: "cognito-idp",
  cognitoidentity: "cognito-identity",
  applicationautoscaling: "application-autoscaling",
  autoscaling: "autoscaling",
  bedrockruntime: "bedrock",
  docdb: "rds",
  rdsdata: "rds-data",
  apigatewayv2: "apigateway",
  opensearch: "es",
};

/** Actions of the API that policies call by another name. https://docs.aws.amazon.com/service-authorization/latest/reference/ */
const ACTIONS: Readonly<Record<string, string>> = {
  "lambda:Invoke": "lambda:InvokeFunction",
  "s3:CopyObject": "s3:PutObject",
  "s3:HeadBucket": "s3:ListBucket",
  "s3:HeadObject": "s3:GetObject",
  "s3:ListBuckets": "s3:ListAllMyBuckets",
  "s3:ListObjects": "s3:ListBucket",
  "s3:ListObjectsV2": "s3:ListBucket",
  "bedrock:Converse": "bedrock:InvokeModel",
};

/** Of S3's, those on the bucket itself. */
const ON_BUCKET = /^s3:(?:ListBucket|GetBucket|PutBucket|DeleteBucket|CreateBucket)/u;

/** A call of AWS's SDK: on the one resource that its arguments name. */
export function sdkAccess(service: string, action: string, args: JsonMap, place: Place): Access {
  const prefix = PREFIXES[service] ?? service;
  const plain = `${prefix}:${action.charAt(0).toUpperCase()}${action.slice(1)}`;
  const allowed = ACTIONS[plain] ?? plain;
  const resource = sdkResource(prefix, allowed, args, place);
  return resource === null ? { unknown: allowed } : { allowed: [{ actions: [allowed], resources: [resource].flat() }] };
}

function sdkResource(prefix: string, action: string, args: JsonMap, place: Place): string | readonly string[] | null {
  const from = (key: string, resource: (name: string) => string | readonly string[]) => {
    const value = literal(args, key);
    return value === null ? null : resource(value);
  };
  switch (prefix) {
    case "s3": {
      // what is copied is read from elsewhere
      if ("CopySource" in args || "CopySource.$" in args) return null;
      const bucket = from("Bucket", (name) => `arn:${place.partition}:s3:::${name}`);
      if (typeof bucket !== "string" || ON_BUCKET.test(action)) return bucket;
      return `${bucket}/${literal(args, "Key") ?? "*"}`;
    }
    case "sqs":
      return from("QueueUrl", queueArn(place));
    case "sns":
      return from("TopicArn", same);
    case "dynamodb":
      return from("TableName", tableArn(place));
    case "lambda":
      return from("FunctionName", functionArns(place));
    case "ssm":
      return from("Name", (name) => arn(place, "ssm", `parameter/${name.replace(/^\//u, "")}`));
    case "secretsmanager":
      return from("SecretId", (id) => (isArn(id) ? id : `${arn(place, "secretsmanager", `secret:${id}`)}-??????`));
    case "states":
      return from("StateMachineArn", same);
    default: {
      const arns = Object.keys(args).flatMap((key) => {
        const value = /arn$/iu.test(key) ? literal(args, key) : null;
        return value === null || !isArn(value) ? [] : [value];
      });
      return arns.length === 1 ? (arns[0] ?? null) : null;
    }
  }
}
