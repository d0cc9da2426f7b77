/** What no single key says of whom alarms tell: the topics are in the environment's region, the webhooks' secrets are there. */
import type { NotifyTarget } from "../signals/choice";
import type { Fail } from "./placement";
import type { EnvironmentConfig } from "./types";

/** @param owner whose secrets are meant: an app's, or `$platform` */
export function checkNotify(
  owner: string,
  targets: readonly NotifyTarget[],
  { region, secretNames }: Pick<EnvironmentConfig, "region" | "secretNames">,
  fail: Fail,
): void {
  targets.forEach((target, i) => {
    const path = ["signals", "notify", i];
    if (target.kind === "topic") {
      const of = target.arn.split(":")[3] ?? "";
      if (of !== region)
        fail(path, `the topic is in ${of}, and alarms tell topics of their own region alone; give one in ${region}`);
    } else if (!secretNames[owner]?.includes(target.secret)) {
      const key = owner === "$platform" ? '["$platform"]' : `.${owner}`;
      const how = `pulumi config set --secret --path 'spectrum:secrets${key}.${target.secret}'`;
      fail(
        [...path, target.kind],
        `spectrum:secrets.${owner} has no ${target.secret}; set it to the webhook's URL: ${how}`,
      );
    }
  });
}
