/** What is asked of AWS's price list for a key of the catalogue. Pure. */
import { catalogue } from "../catalogue";

export interface Question {
  /** The catalogue's. */
  readonly key: string;
  /** `AmazonEC2` */
  readonly serviceCode: string;
  /** Attributes that a product must have, besides its region. */
  readonly filters: Readonly<Record<string, string>>;
  /** What a product's `usagetype` ends with: it begins with the region. */
  readonly usage: RegExp;
}

type Row = readonly [key: string, serviceCode: string, usage: RegExp, filters?: Readonly<Record<string, string>>];

const ROWS: readonly Row[] = [
  ["fargate.x86.vcpu", "AmazonECS", /(?<!ARM-)Fargate-vCPU-Hours:perCPU$/u],
  ["fargate.x86.memory", "AmazonECS", /(?<!ARM-)Fargate-GB-Hours$/u],
  ["fargate.arm.vcpu", "AmazonECS", /Fargate-ARM-vCPU-Hours:perCPU$/u],
  ["fargate.arm.memory", "AmazonECS", /Fargate-ARM-GB-Hours$/u],
  ["fargate.ephemeral", "AmazonECS", /Fargate-EphemeralStorage-GB-Hours$/u],
  ["ecs-anywhere.machine", "AmazonECS", /ECS-Anywhere-Instance-hours.*$/iu],
  ["eks.cluster", "AmazonEKS", /AmazonEKS-Hours:perCluster$/u],
  ["alb.hour", "AWSELB", /LoadBalancerUsage$/u, { productFamily: "Load Balancer-Application" }],
  ["alb.lcu", "AWSELB", /LCUUsage$/u, { productFamily: "Load Balancer-Application" }],
  ["nlb.hour", "AWSELB", /LoadBalancerUsage$/u, { productFamily: "Load Balancer-Network" }],
  ["nlb.lcu", "AWSELB", /LCUUsage$/u, { productFamily: "Load Balancer-Network" }],
  ["nat.hour", "AmazonEC2", /NatGateway-Hours$/u, { productFamily: "NAT Gateway" }],
  ["nat.gb", "AmazonEC2", /NatGateway-Bytes$/u, { productFamily: "NAT Gateway" }],
  ["ipv4.hour", "AmazonVPC", /PublicIPv4:InUseAddress$/u],
  ["endpoint.hour", "AmazonVPC", /VpcEndpoint-Hours$/u],
  ["endpoint.gb", "AmazonVPC", /VpcEndpoint-Bytes$/u],
  ["apigateway.request", "AmazonApiGateway", /ApiGatewayHttpRequest$/u],
  ["ebs.gp3", "AmazonEC2", /EBS:VolumeUsage\.gp3$/u, { volumeApiName: "gp3" }],
  ["efs.standard", "AmazonEFS", /TimedStorage-ByteHrs$/u],
  ["s3.standard", "AmazonS3", /(?:^|-)TimedStorage-ByteHrs$/u, { volumeType: "Standard" }],
  ["ecr.storage", "AmazonECR", /TimedStorage-ByteHrs$/u],
  ["sqs.standard", "AWSQueueService", /Requests-RBP$/u, { queueType: "Standard" }],
  ["sqs.fifo", "AWSQueueService", /Requests-FIFO-RBP$/u],
  ["secretsmanager.secret", "AWSSecretsManager", /AWSSecretsManager-Secrets$/u],
  ["logs.ingest", "AmazonCloudWatch", /(?<!Vended|IA)(?:^|-)DataProcessing-Bytes$/u],
  ["logs.storage", "AmazonCloudWatch", /(?:^|-)TimedStorage-ByteHrs$/u],
  ["cloudwatch.alarm", "AmazonCloudWatch", /CW:AlarmMonitorUsage$/u],
  ["rds.gp3", "AmazonRDS", /RDS:GP3-Storage$/u, { databaseEngine: "PostgreSQL" }],
  ["aurora.acu", "AmazonRDS", /Aurora:ServerlessV2Usage$/u, { databaseEngine: "Aurora PostgreSQL" }],
];

const ON_DEMAND = {
  operatingSystem: "Linux",
  tenancy: "Shared",
  preInstalledSw: "NA",
  capacitystatus: "Used",
} as const;

/** Instances, databases and caches: a question for each type that the catalogue has. */
function typed(key: string): Question | null {
  const [service, ...rest] = key.split(".");
  const name = rest.join(".");
  if (service === "ec2")
    return { key, serviceCode: "AmazonEC2", filters: { instanceType: name, ...ON_DEMAND }, usage: /BoxUsage:[\w.]+$/u };
  if (service === "rds" && name.startsWith("db.")) {
    const filters = { instanceType: name, databaseEngine: "PostgreSQL", deploymentOption: "Single-AZ" };
    return { key, serviceCode: "AmazonRDS", filters, usage: /InstanceUsage:[\w.]+$/u };
  }
  if (service !== "elasticache") return null;
  const [engine, ...type] = rest;
  const filters = { instanceType: type.join("."), cacheEngine: engine === "valkey" ? "Valkey" : "Redis" };
  return { key, serviceCode: "AmazonElastiCache", filters, usage: /NodeUsage:[\w.]+$/u };
}

/** Everything that is asked for a region. */
export const questions: readonly Question[] = [
  ...ROWS.map(([key, serviceCode, usage, filters = {}]) => ({ key, serviceCode, filters, usage })),
  ...Object.keys(catalogue).flatMap((key) => typed(key) ?? []),
];
