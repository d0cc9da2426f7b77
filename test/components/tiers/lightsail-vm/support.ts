/** A Compose text on the tier: what fit says, and everything that the environment makes. */
import { lightsailVm } from "../../../../components/tiers/lightsail-vm";
import { onTier } from "../../../support/on-tier";
import type { Recorded } from "../../../support/record";

export type { Input } from "../../../support/on-tier";
export const { read, findings, said, record } = onTier(lightsailVm);

/** What the machines get: the app's data in the document. */
export interface MachineData {
  readonly compose: string;
  readonly disk: boolean;
  readonly files: readonly { readonly path: string; readonly content: string }[];
  readonly folders: readonly string[];
  readonly images: readonly string[];
  readonly jobs: Readonly<Record<string, unknown>>;
  readonly deployJobs: readonly string[];
  readonly secretFiles: readonly { readonly path: string; readonly secret: string }[];
  readonly variables: Readonly<Record<string, string>>;
}

export function machineData(made: Recorded): MachineData {
  const document = made.one("aws:ssm/document:Document", "shop");
  const { mainSteps } = made.json<{ mainSteps: { inputs: { runCommand: string[] } }[] }>(document, "content");
  const line = mainSteps[0]?.inputs.runCommand.find((one) => one.startsWith('{"compose"'));
  return JSON.parse(line ?? "{}") as MachineData;
}
