/** Who does what on ECS Anywhere, as AWS documents it. */
import type { Responsibilities } from "../tier";

const GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide";

export const responsibilities: Responsibilities = [
  {
    what: "machine patching",
    who: "you",
    how: "the machines are your own: their systems, disks, power and network too",
    source: `${GUIDE}/ecs-anywhere.html`,
  },
  {
    what: "container runtime",
    who: "you",
    how: "Docker comes from the system's own packages, and its updates do too",
    source: `${GUIDE}/ecs-anywhere-registration.html`,
  },
  {
    what: "orchestrator agent",
    who: "you",
    how: "the ECS agent and the SSM agent are updated on each machine; AWS cannot do it from outside",
    source: `${GUIDE}/ecs-anywhere-updates.html`,
  },
  {
    what: "control plane",
    who: "aws",
    how: "ECS itself, 0.01025 USD an hour for each registered machine",
    source: "https://aws.amazon.com/ecs/anywhere/pricing/",
  },
  {
    what: "certificate renewal",
    who: "you",
    how: "no load balancer ends TLS: a proxy of the app's own gets and renews certificates",
    source: `${GUIDE}/ecs-anywhere.html`,
  },
  {
    what: "scaling",
    who: "you",
    how: "one task runs; more machines only give it another place to run",
    source: `${GUIDE}/ecs-anywhere.html`,
  },
  {
    what: "backup",
    who: "you",
    how: "named volumes are Docker's on the machine, and AWS sees none of them",
    source: `${GUIDE}/docker-volumes.html`,
  },
  {
    what: "secret rotation",
    who: "you",
    how: "set the new value and deploy: a task reads its secrets when it starts",
    source: `${GUIDE}/specifying-sensitive-data.html`,
  },
];
