/** The outcome check of a stack that has just been deployed: each app in the time that its config gives it. */
import { InputError } from "../../app/finding";
import { readStackConfig } from "../../plan/stack-config";
import { readApps } from "../../stacks/apps";
import type { EnvironmentStack } from "../engine";
import { awaitHealthy, type AwaitArgs, type Outcome } from "./await-healthy";
import { openDeployment } from "./open";
import { Refusal } from "./refusal";

export interface OutcomeOptions extends Pick<AwaitArgs, "onChange" | "clock"> {
  /** Those apps alone. Default: all of the environment. */
  readonly apps?: readonly string[];
}

/** Throws `InputError` where AWS cannot be asked: what was deployed is there all the same. */
export async function checkOutcome(
  stack: EnvironmentStack,
  { apps, ...watching }: OutcomeOptions = {},
): Promise<Outcome> {
  const { root, environment } = stack;
  // as the file has it now: a deployment may bring another time than the one before had
  const read = readApps(readStackConfig(root, environment), { root });
  const timeToFail = Object.fromEntries(read.apps.map(({ app, placement }) => [app.name, placement.timeToFail]));
  const { deployed, aws } = await openDeployment(stack);
  try {
    const asked = Object.entries(deployed).filter(([name]) => apps?.includes(name) ?? true);
    return await awaitHealthy(aws, { deployed: Object.fromEntries(asked), timeToFail, ...watching });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new InputError([{ message: `${environment}: ${error.message}`, location: null }]);
  } finally {
    aws.close();
  }
}
