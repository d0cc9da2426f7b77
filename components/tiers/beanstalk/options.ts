/** The option settings of an environment: every one that Beanstalk's own default would set badly is said. Pure but for its inputs. */
import type * as pulumi from "@pulumi/pulumi";
import { isApi } from "../../../app/api-entry";
import type { Placement } from "../../../app/config/types";
import { retentionDays } from "../../platform/logs";
import type { Deployment, Process } from "./deployment";
import { MAX_COMMAND_TIMEOUT, rollingMinutes } from "./limits";
import { scheduleOf } from "./schedule";
import type { BeanstalkSettings } from "./settings";
import { INSIGHT_METRICS } from "./signals";

/** One option of `aws.elasticbeanstalk.Environment`'s settings; values are texts. */
export interface Option {
  readonly namespace: string;
  readonly name: string;
  readonly value: pulumi.Input<string>;
  /** A scheduled action's name. */
  readonly resource?: string;
}

/** What is known only once other resources are there. */
export interface OptionInputs {
  readonly serviceRole: pulumi.Input<string>;
  readonly instanceProfile: pulumi.Input<string>;
  readonly securityGroup: pulumi.Input<string>;
  readonly vpcId: pulumi.Input<string>;
  /** Ids with commas between them. */
  readonly subnets: pulumi.Input<string>;
  readonly publicSubnets: pulumi.Input<string>;
  readonly assignPublicIp: boolean;
  /** Load-balanced: the environment's own load balancer. */
  readonly loadBalancer: { readonly arn: pulumi.Input<string>; readonly securityGroup: pulumi.Input<string> } | null;
  /** ARNs by the name of the property. */
  readonly secrets: Readonly<Record<string, pulumi.Input<string>>>;
  /** Their versions, by the name of the property: an instance fetches the values again when one of them changes. */
  readonly versions: Readonly<Record<string, pulumi.Input<string>>>;
}

const ENVIRONMENT = "aws:elasticbeanstalk:environment";
const SCALING = "aws:autoscaling:trigger";
const LAUNCH = "aws:autoscaling:launchconfiguration";
const COMMAND = "aws:elasticbeanstalk:command";
const ROLLING = "aws:autoscaling:updatepolicy:rollingupdate";
const VPC = "aws:ec2:vpc";
const LOGS = "aws:elasticbeanstalk:cloudwatch:logs";
const MANAGED = "aws:elasticbeanstalk:managedactions";

/** Seconds that a request may take to end on an instance that is taken out; Beanstalk's default is 20. */
const DEREGISTRATION_DELAY = 30;
/** The rule that holds a process's target group is found by nobody. */
export const ruleName = (process: Process): string =>
  process.name === "default" ? "parking" : `parking${process.name}`;

/** In the order of their namespaces, so that nothing changes by accident. */
export function environmentOptions(
  placement: Placement,
  deployment: Deployment,
  settings: BeanstalkSettings,
  inputs: OptionInputs,
): readonly Option[] {
  return [
    ...environmentOption(deployment, inputs),
    ...machines(deployment, settings, inputs),
    ...network(placement, deployment, inputs),
    ...counts(placement, deployment),
    ...deployments(placement, deployment, settings),
    ...health(placement),
    ...updates(settings, inputs),
    ...logs(placement),
    ...deployment.processes.flatMap(process),
    ...(inputs.loadBalancer ? listeners(placement.app, deployment) : []),
    ...secrets(inputs),
  ];
}

/** Options of one namespace. */
const of = (namespace: string, values: Readonly<Record<string, pulumi.Input<string>>>): Option[] =>
  Object.entries(values).map(([name, value]) => ({ namespace, name, value }));

function environmentOption({ type }: Deployment, { serviceRole, loadBalancer }: OptionInputs): Option[] {
  if (!loadBalancer)
    return of(ENVIRONMENT, {
      EnvironmentType: type === "single" ? "SingleInstance" : "LoadBalanced",
      ServiceRole: serviceRole,
    });
  return [
    ...of(ENVIRONMENT, {
      EnvironmentType: "LoadBalanced",
      LoadBalancerType: "application", // Beanstalk's own default is a classic one
      LoadBalancerIsShared: "true",
      ServiceRole: serviceRole,
    }),
    ...of("aws:elbv2:loadbalancer", {
      SharedLoadBalancer: loadBalancer.arn,
      SecurityGroups: loadBalancer.securityGroup,
    }),
  ];
}

function machines(
  { instance, architecture }: Deployment,
  { diskSize }: BeanstalkSettings,
  { instanceProfile, securityGroup }: OptionInputs,
): Option[] {
  return [
    ...of("aws:ec2:instances", {
      InstanceTypes: instance.name,
      SupportedArchitectures: architecture,
      EnableSpot: "false",
    }),
    ...of(LAUNCH, {
      IamInstanceProfile: instanceProfile, // without one no instance comes up
      SecurityGroups: securityGroup,
      DisableDefaultEC2SecurityGroup: "true", // it would let in the world on port 22 where there is a key
      DisableIMDSv1: "true", // a launch template, which new accounts cannot do without
      RootVolumeType: "gp3",
      RootVolumeSize: String(diskSize),
    }),
  ];
}

function network(
  placement: Placement,
  { type }: Deployment,
  { vpcId, subnets, publicSubnets, assignPublicIp }: OptionInputs,
): Option[] {
  return of(VPC, {
    VPCId: vpcId,
    Subnets: subnets,
    AssociatePublicIpAddress: String(assignPublicIp),
    // where API Gateway is the entry the load balancer is Beanstalk's own, and nobody's way in
    ...(type === "load-balanced" && {
      ELBSubnets: publicSubnets,
      ELBScheme: isApi(placement) ? "internal" : "public",
    }),
  });
}

function counts(placement: Placement, { instances, cpu, type, services, writers }: Deployment): Option[] {
  const scheduled =
    type === "single" || writers.length > 0 ? [] : services.flatMap(({ name }) => schedules(placement, name));
  return [
    ...of("aws:autoscaling:asg", {
      MinSize: String(instances.min),
      MaxSize: String(instances.max),
      Cooldown: "180",
    }),
    ...(cpu === null
      ? []
      : of(SCALING, {
          // Beanstalk's own default is outgoing bytes
          MeasureName: "CPUUtilization",
          Statistic: "Average",
          Unit: "Percent",
          Period: "1",
          EvaluationPeriods: "3",
          BreachDuration: "3",
          UpperThreshold: String(cpu),
          UpperBreachScaleIncrement: "1",
          LowerThreshold: String(Math.floor(cpu / 2)),
          LowerBreachScaleIncrement: "-1",
        })),
    ...scheduled,
  ];
}

function schedules(placement: Placement, service: string): Option[] {
  const { schedule = [] } = placement.services[service]?.scale ?? {};
  return schedule.flatMap((action, i) => {
    const when = scheduleOf(action);
    if (!when) return [];
    const values = {
      MinSize: String(action.min),
      MaxSize: String(action.max),
      ...("recurrence" in when ? { Recurrence: when.recurrence } : { StartTime: when.startTime }),
    };
    return of("aws:autoscaling:scheduledaction", values).map((option) => ({
      ...option,
      resource: `${service}${i + 1}`,
    }));
  });
}

/** How a new version, and how a new configuration, come to the instances. */
function deployments(placement: Placement, deployment: Deployment, { batch }: BeanstalkSettings): Option[] {
  const { policy, type, instances, writers } = deployment;
  const rolling = type === "load-balanced" && writers.length === 0;
  return [
    ...of(COMMAND, {
      DeploymentPolicy: policy,
      Timeout: String(commandTimeout(placement, deployment)),
      ...(policy === "RollingWithAdditionalBatch" && { BatchSizeType: "Percentage", BatchSize: String(batch) }),
    }),
    ...of(
      ROLLING,
      rolling
        ? {
            RollingUpdateEnabled: "true",
            RollingUpdateType: policy === "Immutable" ? "Immutable" : "Health",
            MaxBatchSize: String(Math.max(1, Math.floor((instances.max * batch) / 100))),
            MinInstancesInService: String(instances.max > 1 ? 1 : 0),
            Timeout: `PT${batchMinutes(placement)}M`,
          }
        : { RollingUpdateEnabled: "false" },
    ),
  ];
}

/** `timeToFail`, within what Beanstalk takes. */
const batchMinutes = ({ timeToFail }: Placement): number =>
  Math.min(rollingMinutes.max, Math.max(rollingMinutes.min, Math.ceil(timeToFail / 60)));

/** What the health agent publishes each minute besides the environment's health, which is free. */
const INSIGHTS = JSON.stringify({
  CloudWatchMetrics: { Environment: Object.fromEntries(INSIGHT_METRICS.map((name) => [name, 60])), Instance: {} },
  Version: 1,
});

/** Seconds that an instance gets for a new version, and the jobs before it. */
export const commandTimeout = ({ timeToFail }: Placement, { deployJobSeconds }: Deployment): number =>
  Math.min(timeToFail + deployJobSeconds, MAX_COMMAND_TIMEOUT);

function health({ environment }: Placement): Option[] {
  return [
    ...of("aws:elasticbeanstalk:healthreporting:system", {
      SystemType: "enhanced",
      ...(environment.platform.insights !== "off" && { ConfigDocument: INSIGHTS }),
    }),
    // Compose has no proxy of Beanstalk's before it, so an app's 4xx answers are nobody's to count
    ...of("aws:elasticbeanstalk:environment:proxy", { ProxyServer: "none" }),
  ];
}

function updates({ maintenance, updates: level }: BeanstalkSettings, { serviceRole }: OptionInputs): Option[] {
  return [
    ...of(MANAGED, {
      ManagedActionsEnabled: "true",
      PreferredStartTime: maintenance,
      ServiceRoleForManagedUpdates: serviceRole,
    }),
    ...of(`${MANAGED}:platformupdate`, { UpdateLevel: level, InstanceRefreshEnabled: "false" }),
  ];
}

/** Beanstalk names the groups itself; they go with the environment. 0.50 USD a GB. */
function logs({ environment }: Placement): Option[] {
  return [
    ...of(LOGS, {
      StreamLogs: "true",
      DeleteOnTerminate: "true",
      RetentionInDays: String(retentionDays(environment)),
    }),
    ...of(`${LOGS}:health`, { HealthStreamingEnabled: "false" }),
  ];
}

function process({ name, hostPort, secure, healthCheck }: Process): Option[] {
  return of(`${ENVIRONMENT}:process:${name}`, {
    Port: String(hostPort),
    Protocol: secure ? "HTTPS" : "HTTP",
    HealthCheckPath: healthCheck.path,
    HealthCheckInterval: String(healthCheck.interval),
    HealthCheckTimeout: String(healthCheck.timeout),
    HealthyThresholdCount: String(healthCheck.healthy),
    UnhealthyThresholdCount: String(healthCheck.unhealthy),
    MatcherHTTPCode: healthCheck.matcher,
    DeregistrationDelay: String(DEREGISTRATION_DELAY),
  });
}

/**
 * Beanstalk's own rules: they attach its target groups, on hosts that nobody calls. Without them it would take the
 * environment's CNAME as host, and port 80.
 */
function listeners(app: string, { processes }: Deployment): Option[] {
  const ports = [...new Set(processes.map(({ listenerPort }) => listenerPort))];
  return [
    ...ports.flatMap((port) =>
      of(`aws:elbv2:listener:${port}`, {
        Rules: processes
          .filter(({ listenerPort }) => listenerPort === port)
          .map(ruleName)
          .join(","),
      }),
    ),
    ...processes.flatMap((p, i) =>
      of(`aws:elbv2:listenerrule:${ruleName(p)}`, {
        HostHeaders: `${p.name}.${app.toLowerCase().replace(/[^a-z0-9-]/gu, "-")}.invalid`,
        Priority: String(i + 1),
        Process: p.name,
      }),
    ),
  ];
}

/**
 * By reference: an instance fetches the values when it starts, and with each update of the environment.
 * https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/AWSHowTo.secrets.env-vars.html
 */
function secrets({ secrets: stored, versions }: OptionInputs): Option[] {
  const sorted = (values: OptionInputs["secrets"]) =>
    Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
  return [
    ...of("aws:elasticbeanstalk:application:environment", sorted(versions)),
    ...of("aws:elasticbeanstalk:application:environmentsecrets", sorted(stored)),
  ];
}
