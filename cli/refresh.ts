/** `spectrum refresh`. */
import { renderPending } from "../deploy/changes/render";
import { agreed, declined, drive, type DriveArguments, ended, unanswerable, watch } from "./drive";

/**
 * Shows what differs in the cloud from what the state says, asks, and takes it over into the state; nothing in the cloud changes.
 * Exit code 0 where the state is as the cloud is, 2 where nothing was begun, 3 where it failed, 130 where it was stopped.
 */
export function refresh(options: DriveArguments): Promise<void> {
  const given = options.yes === true;
  return drive("refresh", options, { refusal: unanswerable("refresh", given) }, async (driven) => {
    const { teller, stack } = driven;
    const { environment } = stack;
    const { pending } = await stack.exportState();
    const clearPendingCreates = pending.some(({ type }) => type === "creating");
    if (clearPendingCreates) teller.notice(renderPending(pending).join("\n"));
    const preview = await watch(driven, "preview", `looking at ${environment}`, (watched) =>
      stack.previewRefresh(watched),
    );
    if (preview.outcome !== "succeeded") return ended(preview);
    teller.drift(preview.steps);
    if (
      preview.steps.length > 0 &&
      !(await agreed(given, `\nTake this over into the state of ${environment}? yes or no:`))
    )
      return declined;
    return ended(
      await watch(driven, "refresh", `refreshing ${environment}`, (watched) =>
        stack.refresh({ ...watched, clearPendingCreates }),
      ),
    );
  });
}
