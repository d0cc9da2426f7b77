/** What Elastic Beanstalk takes, as data. Sources: the API model in botocore 1.44.5, and the developer guide where a line names it. */

export const GUIDE = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg";

/** Characters of an application's name (ApplicationName). */
export const APPLICATION_NAME_LENGTH = 100;
/** Characters of an environment's name, 4 at least; letters, digits and hyphens, none at an end; unique in a region (EnvironmentName). */
export const ENVIRONMENT_NAME_LENGTH = 40;
/** Bytes of all environment properties, written as `KEY=value`: environments-cfg-softwaresettings.html */
export const PROPERTY_BYTES = 4096;
/** Seconds that a command on the instances may take (`aws:elasticbeanstalk:command`, Timeout): command-options-general.html */
export const MAX_COMMAND_TIMEOUT = 3600;
/** Minutes that a batch of a configuration's update may take (`…:updatepolicy:rollingupdate`, Timeout): command-options-general.html */
export const rollingMinutes = { min: 5, max: 60 } as const;
/** Instances of an environment (`aws:autoscaling:asg`, MaxSize). */
export const MAX_INSTANCES = 10_000;
/** Listener rules of one process count against the load balancer's 100; more published ports than this are no use. */
export const MAX_PROCESSES = 5;

/** The load balancer's health check of a process (`aws:elasticbeanstalk:environment:process:*`); seconds. */
export const healthCheckLimits = {
  interval: { min: 5, max: 300, default: 15 },
  timeout: { min: 1, max: 60, default: 5 },
  threshold: { min: 2, max: 10, default: 3 },
} as const;

/** Days that CloudWatch keeps streamed logs: what RetentionInDays takes. */
export const retentions = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653] as const;

/** GB of an instance's disk that Beanstalk takes for gp3 (RootVolumeSize). */
export const diskLimits = { min: 10, max: 16_384, default: 16 } as const;

/** Whose name a Docker platform's has: the version in it changes each month, so it is looked up. */
export const PLATFORM = "^64bit Amazon Linux 2023 (.*) running Docker$";
