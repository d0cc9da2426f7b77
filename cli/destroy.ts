/** `spectrum destroy`. */
import type { Problem } from "../app/finding";
import { reviewDestroy } from "../deploy/changes/review";
import { isProtected } from "../deploy/engine";
import {
  agreed,
  declined,
  drive,
  type DriveArguments,
  ended,
  refused,
  unanswerable,
  watch,
  watchReview,
} from "./drive";

export interface DestroyArguments extends DriveArguments {
  /** The name of a protected environment. */
  readonly confirm?: string;
}

/**
 * Takes away all that the environment has. A protected one is asked for by its name, which `--yes` does not say.
 * Exit code 0 where all is gone, 2 where nothing was begun, 3 where it failed, 130 where it was stopped.
 */
export function destroy(options: DestroyArguments): Promise<void> {
  const { env, yes, confirm, diff } = options;
  const named = confirm === env;
  const refusal =
    confirm !== undefined && !named
      ? mustName(env, `--confirm got ${JSON.stringify(confirm)}`)
      : unanswerable("destroy", named || yes === true);
  return drive("destroy", options, { refusal }, async (driven) => {
    const { stack, guarded } = driven;
    const byName = isProtected(stack.config);
    if (byName && unanswerable("destroy", named))
      return refused([mustName(env, `${env} is protected, and --yes does not destroy it`)]);
    const { preview, changes } = await watchReview(driven, `previewing the end of ${env}`, (watched) =>
      reviewDestroy(stack, guarded.region, { ...watched, ...(diff && { diff }) }),
    );
    if (preview.outcome !== "succeeded") return ended(preview);
    const agree = byName
      ? await agreed(named, `\n${env} is protected. Its name destroys it:`, env)
      : await agreed(named || yes === true, `\nDestroy all of this in ${env}? yes or no:`);
    if (!agree) return declined;
    const { deleted } = changes.counts;
    return ended(await watch(driven, "destroy", `destroying ${env}`, (watched) => stack.destroy(watched), deleted));
  });
}

const mustName = (env: string, said: string): Problem => ({
  message: `${said}; to destroy ${env} say --confirm ${env}`,
  location: null,
});
