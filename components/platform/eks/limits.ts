/** What the apps on EKS tiers may not ask of the one cluster that they share. Pure. */
import type { EnvironmentConfig } from "../../../app/config/types";
import type { Problem } from "../../../app/finding";
import type { ClusterDemand } from "./demand";
import { FARGATE_LOGGING_LENGTH, logOutputs } from "./fluent-bit";

/** https://docs.aws.amazon.com/general/latest/gr/eks.html; a quota, which AWS raises on request. */
const FARGATE_PROFILES = 10;
/** Without nodes one profile is the cluster's own. */
const OWN_PROFILES = 1;

/** Problems of the apps together; what one app alone asks for is its finding. */
export function clusterProblems(
  demands: readonly ClusterDemand[],
  { region, name, platform }: Pick<EnvironmentConfig, "region" | "name" | "platform">,
): readonly Problem[] {
  const onFargate = demands.filter(({ compute }) => compute === "fargate");
  if (platform.eksClusterName !== null && onFargate.length > 0) return [onExisting(platform.eksClusterName, onFargate)];
  if (onFargate.length < 2) return [];
  const problem = (message: string): Problem => ({
    key: "spectrum:apps",
    location: null,
    message: `${onFargate.map(({ app }) => app).join(", ")} are on eks-fargate together, and ${message}`,
  });
  const remedy = "place some of them on fargate or eks, or in another environment";
  const own = demands.length === onFargate.length ? OWN_PROFILES : 0;
  const profiles = onFargate.length + own;
  // the project's name is not known here; a long one counts with what it may have
  const { length } = logOutputs(onFargate, { region, prefix: `/${"x".repeat(20)}/${name}` });
  return [
    ...(profiles > FARGATE_PROFILES
      ? [problem(`need ${profiles} Fargate profiles of the ${FARGATE_PROFILES} that a cluster has; ${remedy}`)]
      : []),
    ...(length > FARGATE_LOGGING_LENGTH
      ? [
          problem(
            `their log groups need ${length} characters of configuration of the ${FARGATE_LOGGING_LENGTH} that Fargate takes; ${remedy}`,
          ),
        ]
      : []),
  ];
}

/**
 * AWS takes one OpenID Connect provider and one configuration of Fargate's logs for a cluster: who has set it up has both, or another
 * environment would take them away.
 */
function onExisting(cluster: string, onFargate: readonly ClusterDemand[]): Problem {
  const apps = onFargate.map(({ app }) => app);
  return {
    key: "spectrum:platform.eksClusterName",
    location: null,
    message:
      `${cluster} is there already, and takes apps on eks alone, whose identities and logs are their own; ` +
      `on eks-fargate ${apps.length === 1 ? "is" : "are"} ${apps.join(", ")}: place them on eks or fargate, or leave the key out`,
  };
}
