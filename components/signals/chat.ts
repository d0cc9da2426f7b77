/** What brings an app's alarms to a chat: EventBridge hears of their states, and posts to the chat's webhook. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Chat } from "../../app/signals/choice";
import { allow, inlinePolicy, trustPolicy } from "../iam";
import { childName } from "../names";

export interface ChatArgs {
  readonly app: string;
  readonly accountId: pulumi.Output<string>;
  /** What the names of the app's alarms start with, and of others by name. */
  readonly prefix: string;
  readonly others: readonly pulumi.Output<string>[];
  readonly chats: readonly { readonly chat: Chat; readonly url: pulumi.Output<string> }[];
}

const TEXT = "<state> <alarm>: <reason>";

/**
 * What each chat takes. Slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks; Teams, by its app
 * Workflows: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
 */
const MESSAGES: Readonly<Record<Chat, unknown>> = {
  slack: { text: TEXT },
  teams: {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: { type: "AdaptiveCard", version: "1.4", body: [{ type: "TextBlock", wrap: true, text: TEXT }] },
      },
    ],
  },
};

/** Where it is in an event: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
const PATHS = { alarm: "$.detail.alarmName", state: "$.detail.state.value", reason: "$.detail.state.reason" };
/** The same as of workflows' events: an alarm of yesterday tells nothing. */
const RETRIES = { maximumRetryAttempts: 8, maximumEventAgeInSeconds: 3600 };

/**
 * Posts cost 0.20 USD a million. A webhook's URL is its secret: Pulumi keeps it as one, and on AWS who may call
 * `events:DescribeApiDestination` can read it.
 */
export function tellChats(name: string, args: ChatArgs, parent: pulumi.Resource): void {
  const { app, accountId, chats } = args;
  const opts = { parent };
  const own = childName(name, "alarms");
  const rule = new aws.cloudwatch.EventRule(
    own,
    { description: `alarms of ${app}, for its chats`, eventPattern: pattern(args) },
    opts,
  );
  const condition = { StringEquals: { "aws:SourceAccount": accountId } };
  const role = new aws.iam.Role(own, { assumeRolePolicy: trustPolicy("events.amazonaws.com", condition) }, opts);
  const posts = chats.map(({ chat, url }, i) => ({
    chat,
    ...destination(chatName(name, chats, i), { app, chat, url }, parent),
  }));
  const arns = posts.map(({ api }) => api.arn);
  const policy = inlinePolicy(own, { role, statements: [allow(["events:InvokeApiDestination"], arns)] }, opts);
  for (const { post, chat, api } of posts) {
    new aws.cloudwatch.EventTarget(
      post,
      {
        rule: rule.name,
        arn: api.arn,
        roleArn: role.arn,
        inputTransformer: { inputPaths: PATHS, inputTemplate: JSON.stringify(MESSAGES[chat]) },
        retryPolicy: RETRIES,
      },
      { parent, dependsOn: [policy] },
    );
  }
}

/** The first of a kind has no number, so that a second one does not rename it. */
function chatName(name: string, chats: ChatArgs["chats"], index: number): string {
  const { chat } = chats[index] ?? { chat: "" };
  const before = chats.slice(0, index).filter((other) => other.chat === chat).length;
  return childName(name, chat, ...(before === 0 ? [] : [String(before + 1)]));
}

function destination(
  post: string,
  { app, chat, url }: { readonly app: string; readonly chat: Chat; readonly url: pulumi.Output<string> },
  parent: pulumi.Resource,
) {
  // there is no destination without a connection, and no connection without authorization; the webhook asks for none
  const connection = new aws.cloudwatch.EventConnection(
    post,
    {
      description: `alarms of ${app} to ${chat}`,
      authorizationType: "API_KEY",
      authParameters: { apiKey: { key: "X-Spectrum-App", value: app } },
    },
    { parent },
  );
  const api = new aws.cloudwatch.EventApiDestination(
    post,
    {
      description: `alarms of ${app} to ${chat}`,
      connectionArn: connection.arn,
      httpMethod: "POST",
      invocationEndpoint: url,
      invocationRateLimitPerSecond: 1,
    },
    { parent },
  );
  return { post, api };
}

/** When one goes off, and when it is over: not when a new one has its first value. */
function pattern({ prefix, others }: ChatArgs): pulumi.Output<string> {
  return pulumi.jsonStringify({
    source: ["aws.cloudwatch"],
    "detail-type": ["CloudWatch Alarm State Change"],
    detail: {
      alarmName: [{ prefix }, ...others],
      $or: [{ state: { value: ["ALARM"] } }, { state: { value: ["OK"] }, previousState: { value: ["ALARM"] } }],
    },
  });
}
