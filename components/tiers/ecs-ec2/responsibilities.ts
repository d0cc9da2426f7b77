/** Who does what on EC2, as AWS documents it. */
import type { Responsibilities } from "../tier";

const GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide";

export const responsibilities: Responsibilities = [
  {
    what: "machine patching",
    who: "spectrum",
    how: "each pulumi up looks up AWS's newest image; where there is one, the instances are replaced one after the other, their tasks moved before",
    source: `${GUIDE}/ecs-optimized_AMI.html`,
  },
  {
    what: "container runtime",
    who: "spectrum",
    how: "Docker is part of the image, and changes with it",
    source: `${GUIDE}/ecs-optimized_AMI.html`,
  },
  {
    what: "orchestrator agent",
    who: "spectrum",
    how: "ECS's agent is part of the image, and changes with it",
    source: `${GUIDE}/ecs-agent-update.html`,
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
    how: "of instances by the capacity provider, always; of tasks by scale: { min, max }, and without it the count is fixed",
    source: `${GUIDE}/cluster-auto-scaling.html`,
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
