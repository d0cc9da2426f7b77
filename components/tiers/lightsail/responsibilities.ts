/** Who does what on a Lightsail container service. */
import type { Responsibilities } from "../tier";

const GUIDE = "https://docs.aws.amazon.com/lightsail/latest/userguide";

export const responsibilities: Responsibilities = [
  {
    what: "machine patching",
    who: "aws",
    how: "Lightsail runs the nodes; nobody logs in to them",
    source: `${GUIDE}/amazon-lightsail-container-services.html`,
  },
  {
    what: "container runtime",
    who: "aws",
    how: "part of the nodes",
    source: `${GUIDE}/amazon-lightsail-container-services.html`,
  },
  {
    what: "orchestrator agent",
    who: "aws",
    how: "Lightsail starts the containers of a deployment and keeps the former one when they do not start",
    source: `${GUIDE}/amazon-lightsail-container-services-deployments.html`,
  },
  {
    what: "control plane",
    who: "aws",
    how: "the Lightsail API; nothing to size and nothing to pay for",
    source: `${GUIDE}/amazon-lightsail-container-services.html`,
  },
  {
    what: "certificate renewal",
    who: "aws",
    how: "Lightsail renews a certificate while its DNS record, which Spectrum makes, is there",
    source: `${GUIDE}/amazon-lightsail-creating-container-services-certificates.html`,
  },
  {
    what: "scaling",
    who: "you",
    how: "power and number of nodes are set by hand, in the config; there is no autoscaling",
    source: `${GUIDE}/amazon-lightsail-changing-container-service-capacity.html`,
  },
  {
    what: "backup",
    who: "nobody",
    how: "there are no volumes; the last 50 deployments are kept, data is not",
    source: `${GUIDE}/amazon-lightsail-container-services-deployments.html`,
  },
  {
    what: "secret rotation",
    who: "you",
    how: "a secret is a plain value of the deployment: a new value is a new deployment",
    source: `${GUIDE}/amazon-lightsail-container-services-deployments.html`,
  },
];
