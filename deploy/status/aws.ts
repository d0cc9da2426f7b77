/** AWS's clients of one region, made when they are first asked, and the questions put to them. */
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { ECSClient } from "@aws-sdk/client-ecs";
import { EKSClient } from "@aws-sdk/client-eks";
import { ElasticBeanstalkClient } from "@aws-sdk/client-elastic-beanstalk";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { LightsailClient } from "@aws-sdk/client-lightsail";
import { SSMClient } from "@aws-sdk/client-ssm";
import { STSClient } from "@aws-sdk/client-sts";
import { awsRefusal } from "./refusal";

/** Whom to ask. */
export interface AwsPlace {
  readonly region: string;
  /** A profile of the shared files; default: what the SDK finds by itself. */
  readonly profile?: string;
}

/** Times that the SDK asks before it gives a throttled question up; it waits longer each time. */
const ATTEMPTS = 5;
/** Milliseconds until a question that gets no answer is given up. */
const requestHandler = { connectionTimeout: 5_000, requestTimeout: 20_000 } as const;

const clients = {
  beanstalk: ElasticBeanstalkClient,
  ecs: ECSClient,
  eks: EKSClient,
  elb: ElasticLoadBalancingV2Client,
  lightsail: LightsailClient,
  logs: CloudWatchLogsClient,
  ssm: SSMClient,
  sts: STSClient,
} as const;

type Clients = { readonly [Name in keyof typeof clients]: InstanceType<(typeof clients)[Name]> };

/** The clients of one round of questions: what several services have in common is asked once. */
export class Aws {
  private readonly made = new Map<string, { destroy(): void }>();
  private readonly asked = new Map<string, Promise<unknown>>();

  constructor(private readonly place: AwsPlace) {}

  get region(): string {
    return this.place.region;
  }

  client<Name extends keyof Clients>(name: Name): Clients[Name] {
    const there = this.made.get(name) as Clients[Name] | undefined;
    if (there) return there;
    const { region, profile } = this.place;
    const client = new clients[name]({
      region,
      ...(profile !== undefined && { profile }),
      maxAttempts: ATTEMPTS,
      requestHandler: { ...requestHandler },
    });
    this.made.set(name, client);
    return client as Clients[Name];
  }

  /**
   * Asks; what the SDK throws becomes a `Refusal`.
   *
   * @param action what is asked, as IAM calls it: `ecs:DescribeServices`
   */
  async ask<T>(action: string, question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      throw awsRefusal(error, action, this.region);
    }
  }

  /** The answer to a question that has been put before is kept. */
  once<T>(key: string, question: () => Promise<T>): Promise<T> {
    const before = this.asked.get(key) as Promise<T> | undefined;
    if (before) return before;
    const answer = question();
    this.asked.set(key, answer);
    return answer;
  }

  /** Forgets the answers: the next round asks again, by the same connections. */
  forget(): void {
    this.asked.clear();
  }

  close(): void {
    for (const client of this.made.values()) client.destroy();
  }
}

/** All pages, at most `most` of them. */
export async function pages<T>(
  page: (token: string | undefined) => Promise<{ readonly items: readonly T[]; readonly next: string | undefined }>,
  most = 20,
): Promise<readonly T[]> {
  const all: T[] = [];
  let token: string | undefined;
  for (let i = 0; i < most; i++) {
    const { items, next } = await page(token);
    all.push(...items);
    if (next === undefined || next === "") break;
    token = next;
  }
  return all;
}
