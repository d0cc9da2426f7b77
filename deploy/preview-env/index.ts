/** Environments for a branch: made from another's config, with an end, and a destroy that is sure. */
export type { PreviewChoice } from "./config";
export { type Destroyed, destroyPreview } from "./destroy";
export { DAYS, hasEnded, lastDay, todayInUtc } from "./ends";
export { endedPreviews, findPreviews, type FoundPreview } from "./found";
export { type MadePreview, makePreview } from "./make";
export { isPreviewStack, previewStack } from "./name";
