/** Who does what on Elastic Beanstalk, as AWS documents it. */
import type { Responsibilities } from "../tier";
import { GUIDE } from "./limits";

export const responsibilities: Responsibilities = [
  {
    what: "machine patching",
    who: "aws",
    how: "managed updates put a new platform version, with its operating system, on new instances once a week",
    source: `${GUIDE}/environment-platform-update-managed.html`,
  },
  {
    what: "container runtime",
    who: "aws",
    how: "Docker and Docker Compose are part of the platform version",
    source: `${GUIDE}/create_deploy_docker.html`,
  },
  {
    what: "orchestrator agent",
    who: "aws",
    how: "Beanstalk's own agent on each instance runs docker compose and reports its health",
    source: `${GUIDE}/health-enhanced.html`,
  },
  {
    what: "control plane",
    who: "aws",
    how: "Beanstalk itself, free of charge; it makes an Auto Scaling group, alarms and a stack in your account",
    source: `${GUIDE}/Welcome.html`,
  },
  {
    what: "certificate renewal",
    who: "aws",
    how: "ACM renews the load balancer's; a single instance has none",
    source: "https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html",
  },
  {
    what: "scaling",
    who: "spectrum",
    how: "scale: { min, max, cpu } makes Beanstalk's Auto Scaling group and its trigger; a single instance does not scale",
    source: `${GUIDE}/environments-cfg-autoscaling-triggers.html`,
  },
  {
    what: "backup",
    who: "spectrum",
    how: "AWS Backup copies the volumes each day where the environment is protected; elsewhere nobody does",
    source: "https://docs.aws.amazon.com/efs/latest/ug/awsbackup.html",
  },
  {
    what: "secret rotation",
    who: "you",
    how: "set the new value and deploy: the instances read their secrets again, for a property with the versions changes",
    source: `${GUIDE}/AWSHowTo.secrets.env-vars.html`,
  },
];
