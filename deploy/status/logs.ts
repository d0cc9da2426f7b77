/** The last lines of a log in CloudWatch Logs. */
import { GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import type { Aws } from "./aws";
import { type ContainerLog, LOG_LINES } from "./model";
import { Refusal } from "./refusal";

/** Lines that cannot be read are no reason to say nothing else: why stands in their place. */
export async function logOrReason(source: string, read: () => Promise<readonly string[]>): Promise<ContainerLog> {
  try {
    const lines = await read();
    return { source, lines: lines.length > 0 ? lines.slice(-LOG_LINES) : ["(the log is empty)"] };
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind === "credentials") throw error;
    return { source, lines: [`(the log cannot be read: ${error.message})`] };
  }
}

/** The end of one stream. */
export async function lastLines(aws: Aws, logGroupName: string, logStreamName: string): Promise<readonly string[]> {
  const { events = [] } = await aws.ask("logs:GetLogEvents", () =>
    aws
      .client("logs")
      .send(new GetLogEventsCommand({ logGroupName, logStreamName, limit: LOG_LINES, startFromHead: false })),
  );
  return events.map(({ message = "" }) => message.trimEnd());
}
