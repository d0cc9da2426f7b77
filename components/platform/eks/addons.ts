/** EKS's add-ons: what AWS keeps for every cluster, at the version that it names for the cluster's. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

export interface AddonArgs {
  readonly clusterName: pulumi.Output<string>;
  readonly kubernetesVersion: string;
  readonly addon: string;
  /** The add-on's own settings. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** By service account: the role of its calls, by Pod Identity. */
  readonly roles?: Readonly<Record<string, pulumi.Output<string>>>;
}

/** One add-on. `OVERWRITE`: its settings are these, whatever somebody has typed since. */
export function addon(name: string, args: AddonArgs, opts: pulumi.CustomResourceOptions): aws.eks.Addon {
  const { kubernetesVersion, addon: addonName, configuration, roles = {} } = args;
  const version = aws.eks.getAddonVersionOutput(
    { addonName, kubernetesVersion, mostRecent: false },
    { parent: opts.parent },
  ).version;
  return new aws.eks.Addon(
    `${name}-${addonName}`,
    {
      clusterName: args.clusterName,
      addonName,
      addonVersion: version,
      resolveConflictsOnCreate: "OVERWRITE",
      resolveConflictsOnUpdate: "OVERWRITE",
      ...(configuration && { configurationValues: JSON.stringify(configuration) }),
      ...(Object.keys(roles).length > 0 && {
        podIdentityAssociations: Object.entries(roles).map(([serviceAccount, roleArn]) => ({
          serviceAccount,
          roleArn,
        })),
      }),
    },
    { ...opts, customTimeouts: { create: "20m", update: "20m", delete: "20m" } },
  );
}
