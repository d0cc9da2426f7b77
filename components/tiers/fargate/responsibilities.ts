/** Who does what on Fargate, as AWS documents it. */
import type { Responsibilities } from "../tier";

const GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide";

export const responsibilities: Responsibilities = [
  {
    what: "machine patching",
    who: "aws",
    how: "AWS retires tasks on old machines and starts them on patched ones; a service's tasks are replaced by themselves",
    source: `${GUIDE}/task-maintenance.html`,
  },
  {
    what: "container runtime",
    who: "aws",
    how: "part of the platform version, which a new task takes in its latest revision",
    source: `${GUIDE}/platform-fargate.html`,
  },
  {
    what: "orchestrator agent",
    who: "aws",
    how: "runs on AWS's machines; there is none to update",
    source: `${GUIDE}/AWS_Fargate.html`,
  },
  { what: "control plane", who: "aws", how: "ECS itself, free of charge", source: `${GUIDE}/Welcome.html` },
  {
    what: "certificate renewal",
    who: "aws",
    how: "ACM renews what is validated by DNS; the record stays in the zone",
    source: "https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html",
  },
  {
    what: "scaling",
    who: "spectrum",
    how: "scale: { min, max } makes Application Auto Scaling's targets and policies; without it the count is fixed",
    source: `${GUIDE}/service-auto-scaling.html`,
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
    how: "set the new value and deploy: a task reads its secrets when it starts",
    source: `${GUIDE}/specifying-sensitive-data.html`,
  },
];
