/**
 * Spectrum as a library: what another Pulumi program imports from "spectrum". Everything that is exported here is documented in
 * docs/library.md and stays compatible within a major version; nothing else of the package is meant to be imported.
 */
export { canonicalJson, readCompose } from "../app/compose";
export { formatProblem, InputError, type Finding, type Location, type Problem } from "../app/finding";
export type { App, Service } from "../app/model";
export { tierNames, type TierName } from "../app/tiers";
export { tiers } from "../components/tiers";
export type { JobTarget, Responsibility, ServiceTarget, Tier } from "../components/tiers/tier";
export type { AppOutputs, DeployedApp, DeployedService } from "../stacks/outputs";
export { Environment, type AppArgs, type EnvironmentArgs } from "./environment";
