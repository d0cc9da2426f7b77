/** Which key of the config says what was changed by hand, so that whoever wants to keep it knows where to write it. Pure data. */

/** By type, and by the property that was changed: a key of `spectrum:apps.<app>`, or of the whole config. */
const KEYS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "aws:ecs/service:Service": {
    desiredCount: "services.<service>.scale",
    deploymentConfiguration: "services.<service>.deployment",
    deploymentMaximumPercent: "services.<service>.deployment",
    deploymentMinimumHealthyPercent: "services.<service>.deployment",
  },
  "aws:appautoscaling/target:Target": {
    minCapacity: "services.<service>.scale.min",
    maxCapacity: "services.<service>.scale.max",
  },
  "aws:appautoscaling/policy:Policy": { targetTrackingScalingPolicyConfiguration: "services.<service>.scale.cpu" },
  "aws:autoscaling/group:Group": { minSize: "ecs-ec2", maxSize: "ecs-ec2" },
  "aws:lightsail/containerService:ContainerService": { power: "lightsail.power", scale: "services.<service>.scale" },
  "aws:rds/instance:Instance": {
    instanceClass: "services.<service>.managed.class",
    allocatedStorage: "services.<service>.managed.storage",
    backupRetentionPeriod: "services.<service>.managed.backupDays",
    multiAz: "services.<service>.managed.multiZone",
  },
  "kubernetes:apps/v1:Deployment": { spec: "services.<service>.scale, or the Compose file" },
  "aws:ssm/parameter:Parameter": { value: "spectrum:secrets.<app>" },
  "aws:secretsmanager/secretVersion:SecretVersion": { secretString: "spectrum:secrets.<app>" },
};

/** A tag is a tag on every type. */
const OF_ALL: Readonly<Record<string, string>> = { tags: "spectrum:tags", tagsAll: "spectrum:tags" };

/**
 * The one key that covers all the paths; `null` where there is none. What has no key can be kept by an override
 * (`spectrum:overrides`).
 */
export function keepingKey(type: string, paths: readonly string[]): string | null {
  const keys = new Set(
    paths.map((path) => {
      const [property = ""] = path.split(/[.[]/u);
      return KEYS[type]?.[property] ?? OF_ALL[property] ?? null;
    }),
  );
  const [key = null] = keys;
  return keys.size === 1 ? key : null;
}
