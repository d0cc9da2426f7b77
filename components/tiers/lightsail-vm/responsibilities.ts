/** Who does what on a Lightsail instance. */
import type { Responsibilities } from "../tier";

const GUIDE = "https://docs.aws.amazon.com/lightsail/latest/userguide";

export const responsibilities: Responsibilities = [
  {
    what: "machine patching",
    who: "you",
    how: "Ubuntu installs security updates by itself; a kernel needs a restart, which you choose",
    source: `${GUIDE}/understanding-regions-and-availability-zones-in-amazon-lightsail.html`,
  },
  {
    what: "container runtime",
    who: "you",
    how: "Docker of Ubuntu's own packages, updated with them",
    source: `${GUIDE}/compare-options-choose-lightsail-instance-image.html`,
  },
  {
    what: "orchestrator agent",
    who: "spectrum",
    how: "Docker Compose under systemd; what runs changes by an association of Systems Manager",
    source: "https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-state.html",
  },
  {
    what: "control plane",
    who: "aws",
    how: "the Lightsail and Systems Manager APIs; nothing to size and nothing to pay for",
    source: "https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-hybrid-multicloud.html",
  },
  {
    what: "certificate renewal",
    who: "spectrum",
    how: "Caddy renews those of Let's Encrypt; AWS that of a load balancer, by the DNS record that stays",
    source: `${GUIDE}/understanding-tls-ssl-certificates-in-lightsail-https.html`,
  },
  {
    what: "scaling",
    who: "you",
    how: "bundle and number of machines are set by hand, in the config; there is no autoscaling",
    source: `${GUIDE}/configure-lightsail-instances-for-load-balancing.html`,
  },
  {
    what: "backup",
    who: "you",
    how: "snapshots: an hour, then Lightsail keeps the last seven days; else nobody",
    source: `${GUIDE}/amazon-lightsail-configuring-automatic-snapshots.html`,
  },
  {
    what: "secret rotation",
    who: "you",
    how: "set the new value and deploy: the machine fetches it, and the containers that use it are replaced",
    source: "https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-parameter-store.html",
  },
];
