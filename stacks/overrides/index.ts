/** The escape hatch. A project's `overrides.ts` takes its types from here. */
export type { OverrideChange, OverrideOptions } from "../../app/overrides";
export { HOOK_FILE, loadHook, type OverridableResource, type OverrideHook } from "./hook";
export { type AppliedOverride, Overrides, type SeenResource } from "./overrides";
