/** An environment's deployment as its stack tells it: what is deployed, and whom to ask about it. */
import { InputError } from "../../app/finding";
import type { EnvironmentStack } from "../engine";
import { Aws } from "./aws";
import { type Deployed, readDeployed } from "./deployed";

export interface OpenDeployment {
  readonly deployed: Deployed;
  /** Close it at the end. */
  readonly aws: Aws;
}

/**
 * Throws `InputError` where nothing is deployed, or the stack's file names no region.
 *
 * @param stack as `openStack` of `deploy/engine` gives it
 */
export async function openDeployment(stack: EnvironmentStack): Promise<OpenDeployment> {
  const { environment, config } = stack;
  const { "aws:region": region, "aws:profile": profile } = config.values;
  if (region === undefined) {
    const message = `is missing; give the region that ${environment} is in (pulumi config set aws:region us-east-1)`;
    throw new InputError([{ message, key: "aws:region", location: config.locate("aws:region") }]);
  }
  const deployed = readDeployed(await outputsOf(stack), environment);
  return { deployed, aws: new Aws({ region, ...(profile !== undefined && { profile }) }) };
}

/** What the CLI prints in the place of an output that a secret is in. */
const HIDDEN = "[secret]";

/** Secrets are decrypted only where the output is one as a whole: an image may have been built with one. */
async function outputsOf(stack: EnvironmentStack): Promise<Readonly<Record<string, unknown>>> {
  const outputs = await stack.outputs();
  return outputs.deployed === HIDDEN ? stack.outputs({ secrets: true }) : outputs;
}
