/** An app into which secrets are planted wherever one can enter: `test/engine/fixtures/secrets`. */
import { tierNames, type TierName } from "../../app/tiers";

/** What every planted value starts with. */
export const PLANTED = "planted-";

/** Relative to the project. */
export const PLANTED_COMPOSE = "test/engine/fixtures/secrets/compose.yaml";

/** The secrets of an app in `spectrum:secrets`; those of the files are beside the Compose file. */
const NAMES = ["BY_ENVIRONMENT", "COMMAND_KEY", "CONFIG_KEY", "NPM_TOKEN", "TOKEN", "URL_PASSWORD"] as const;

/** By path in the config: the values of some apps' secrets, and the registry's password. */
export function plantedSecrets(apps: readonly string[]): Readonly<Record<string, string>> {
  const own = apps.flatMap((app) => NAMES.map((name) => [`spectrum:secrets.${app}.${name}`, PLANTED + app + name]));
  return {
    ...(Object.fromEntries(own) as Record<string, string>),
    "spectrum:secrets.$platform.GHCR": `${PLANTED}registry`,
  };
}

/** What some tiers refuse: a secret would stand there in the open. */
const ACCEPTED = ["web.build.args", "web.command", "web.environment", "web.secrets", "web.configs", "side.image"];

const SETTINGS: Readonly<Partial<Record<TierName, object>>> = {
  beanstalk: { type: "load-balanced" },
  "ecs-anywhere": { addresses: ["203.0.113.7"], wait: false },
};

/** The app on one tier. `accepted`: with everything that the tier refuses given up. */
export const plantedApp = (tier: TierName, accepted: boolean) => ({
  compose: PLANTED_COMPOSE,
  tier,
  data: "delete",
  hosts: [{ host: `${tier}.example.com`, service: "web", port: 8080 }],
  [tier]: { ...SETTINGS[tier], ...(accepted && { accept: ACCEPTED }) },
});

/** The app on some tiers, each under its tier's name. */
export function plantedConfig(tiers: readonly TierName[] = tierNames, accepted = true): Record<string, unknown> {
  return {
    "aws:region": "us-east-1",
    "spectrum:platform": {
      hostedZoneName: "example.com",
      createHostedZone: true,
      registries: { "ghcr.io": { username: "somebody", password: "GHCR" } },
    },
    "spectrum:apps": Object.fromEntries(tiers.map((tier) => [tier, plantedApp(tier, accepted)])),
  };
}
