/** Releases, made of what runs: the other folders of `deploy/` and the command's verbs take it from here. */
export { digestOfTag, RegistryError } from "./registry";
export {
  appOf,
  type DeployedRelease,
  runningRelease,
  type RunningRelease,
  type RunningReleaseArgs,
} from "./running-release";
export { type Written, writeRelease } from "./write";
