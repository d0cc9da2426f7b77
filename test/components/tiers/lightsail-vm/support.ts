/** A Compose text on the tier: what fit says, and everything that the environment makes. */
import type { Finding } from "../../../../app/finding";
import { lightsailVm } from "../../../../components/tiers/lightsail-vm";
import type { Recorded } from "../../../support/record";
import * as anyTier from "../fargate/support";

export type Input = anyTier.Input;

/** The tier is in the config, as a user has it. */
const here = (input: Input): Input => ({ ...input, config: { tier: "lightsail-vm", ...input.config } });

export const read = (input: Input): anyTier.ReadInput => anyTier.read(here(input));
export const record = (input: Input): Promise<Recorded> => anyTier.record(here(input));

export function findings(input: Input): readonly Finding[] {
  const { app, placement } = read(input);
  return lightsailVm.fit(app, placement);
}

/** `outcome: reason` of each finding of a key, in the order that fit gives. */
export function said(input: Input, service: string | null, key: string): readonly string[] {
  return findings(input)
    .filter((f) => f.service === service && f.key === key)
    .map(({ outcome, reason }) => `${outcome}: ${reason}`);
}

/** What the machines get: the app's data in the document. */
export interface MachineData {
  readonly compose: string;
  readonly disk: boolean;
  readonly files: readonly { readonly path: string; readonly content: string }[];
  readonly folders: readonly string[];
  readonly secretFiles: readonly { readonly path: string; readonly secret: string }[];
  readonly variables: Readonly<Record<string, string>>;
}

export function machineData(made: Recorded): MachineData {
  const document = made.one("aws:ssm/document:Document", "shop");
  const { mainSteps } = made.json<{ mainSteps: { inputs: { runCommand: string[] } }[] }>(document, "content");
  const line = mainSteps[0]?.inputs.runCommand.find((one) => one.startsWith('{"compose"'));
  return JSON.parse(line ?? "{}") as MachineData;
}
