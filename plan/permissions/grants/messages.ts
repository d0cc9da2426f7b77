/** Queues, schedules, events, workflows and functions. */
import type { Grants } from "../grant";

/** What CloudWatch Logs asks of whoever turns a service's logs on:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html */
const VENDED_LOGS = `CreateLogDelivery GetLogDelivery UpdateLogDelivery DeleteLogDelivery ListLogDeliveries
  PutResourcePolicy DescribeResourcePolicies DescribeLogGroups`;

export const messages: Grants = {
  "aws:sqs/queue:Queue": {
    source: "AWS::SQS::Queue",
    actions: {
      sqs: `CreateQueue DeleteQueue GetQueueAttributes GetQueueUrl SetQueueAttributes ListQueueTags TagQueue UntagQueue`,
    },
    arns: { "sqs/queue": "{name}" },
  },
  "aws:sqs/queuePolicy:QueuePolicy": {
    source: "AWS::SQS::QueuePolicy",
    actions: { sqs: "SetQueueAttributes GetQueueAttributes" },
    arns: { "sqs/queue": "{queueUrl}" },
  },
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": {
    source: null,
    actions: { sqs: "SetQueueAttributes GetQueueAttributes" },
    arns: { "sqs/queue": "{queueUrl}" },
  },
  "aws:scheduler/schedule:Schedule": {
    source: "AWS::Scheduler::Schedule",
    actions: { scheduler: "CreateSchedule DeleteSchedule GetSchedule UpdateSchedule" },
    arns: { "scheduler/schedule": "{groupName}/{name}" },
  },
  "aws:scheduler/scheduleGroup:ScheduleGroup": {
    source: "AWS::Scheduler::ScheduleGroup",
    actions: {
      scheduler: `CreateScheduleGroup DeleteScheduleGroup GetScheduleGroup DeleteSchedule ListTagsForResource TagResource
        UntagResource`,
    },
    arns: { "scheduler/schedule-group": "{name}", "scheduler/schedule": "{name}/*" },
  },
  "aws:cloudwatch/eventRule:EventRule": {
    source: "AWS::Events::Rule",
    actions: { events: "PutRule DeleteRule DescribeRule ListTagsForResource TagResource UntagResource" },
    arns: { "events/rule-on-default-event-bus": "{name}" },
  },
  "aws:cloudwatch/eventTarget:EventTarget": {
    source: "AWS::Events::Rule",
    actions: { events: "PutTargets RemoveTargets ListTargetsByRule" },
    arns: { "events/rule-on-default-event-bus": "{rule}" },
  },
  "aws:cloudwatch/eventConnection:EventConnection": {
    source: "AWS::Events::Connection",
    actions: {
      events: "CreateConnection UpdateConnection DeleteConnection DescribeConnection",
      secretsmanager: "CreateSecret UpdateSecret PutSecretValue DeleteSecret DescribeSecret GetSecretValue",
    },
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection-permissions.html
    arns: { "events/connection": "{name}/*", "secretsmanager/secret": "events!connection/*" },
    serviceLinkedRoles: ["apidestinations.events.amazonaws.com"],
  },
  "aws:cloudwatch/eventApiDestination:EventApiDestination": {
    source: "AWS::Events::ApiDestination",
    actions: { events: "CreateApiDestination UpdateApiDestination DeleteApiDestination DescribeApiDestination" },
    arns: { "events/api-destination": "{name}/*", "events/connection": "*" },
    serviceLinkedRoles: ["apidestinations.events.amazonaws.com"],
  },
  "aws:pipes/pipe:Pipe": {
    source: "AWS::Pipes::Pipe",
    actions: {
      pipes: "CreatePipe UpdatePipe DeletePipe DescribePipe ListTagsForResource TagResource UntagResource",
      logs: VENDED_LOGS,
    },
    arns: { "pipes/pipe": "{name}" },
  },
  "aws:sfn/stateMachine:StateMachine": {
    source: "AWS::StepFunctions::StateMachine",
    actions: {
      states: `CreateStateMachine UpdateStateMachine DeleteStateMachine DescribeStateMachine PublishStateMachineVersion
        ListStateMachineVersions ValidateStateMachineDefinition ListTagsForResource TagResource UntagResource`,
      logs: VENDED_LOGS,
    },
    arns: { "states/statemachine": "{name}" },
  },
  "aws:sfn/alias:Alias": {
    source: "AWS::StepFunctions::StateMachineAlias",
    actions: {
      states: `CreateStateMachineAlias UpdateStateMachineAlias DeleteStateMachineAlias DescribeStateMachineAlias
        ListStateMachineAliases`,
    },
    arns: { "states/statemachine": "*" },
  },
  "aws:lambda/function:Function": {
    source: "AWS::Lambda::Function",
    actions: {
      lambda: `CreateFunction DeleteFunction GetFunction GetFunctionConfiguration GetFunctionCodeSigningConfig
        UpdateFunctionCode UpdateFunctionConfiguration ListVersionsByFunction PublishVersion GetRuntimeManagementConfig
        PutFunctionConcurrency DeleteFunctionConcurrency ListTags TagResource UntagResource`,
      ec2: "DescribeSecurityGroups DescribeSubnets DescribeVpcs DescribeNetworkInterfaces",
    },
    arns: { "lambda/function": "{name}" },
  },
  "aws:lambda/invocation:Invocation": {
    source: null,
    actions: { lambda: "InvokeFunction" },
    name: "functionName",
    arns: { "lambda/function": "{name}" },
  },
};
