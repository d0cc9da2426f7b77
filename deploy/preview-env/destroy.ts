/** Takes a preview environment away, whatever state it was left in. */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { type EnvironmentStack, guardStack, openStack, type OperationOptions } from "../engine";
import { destroyFile, type PreviewChoice } from "./config";
import { fileOf, readBase } from "./files";

export interface DestroyOptions extends Pick<OperationOptions, "onEvent" | "signal"> {
  readonly root: string;
  readonly env?: Readonly<Record<string, string>>;
}

export type Destroyed =
  | { readonly outcome: "gone" | "absent" }
  /** What is left, by URN, and why. */
  | { readonly outcome: "left"; readonly left: readonly string[]; readonly errors: readonly string[] };

/** What cannot be deleted at first often can once the rest is gone, or once the state says what is really there. */
const ROUNDS = 3;

/**
 * Destroys, and where that fails looks at what is there and destroys again. The stack and its file go only when nothing is left, so
 * that it can be run again. Throws `InputError` for a stack that somebody holds, and another account.
 */
export async function destroyPreview(choice: PreviewChoice, options: DestroyOptions): Promise<Destroyed> {
  const { root, env, onEvent, signal } = options;
  const file = fileOf(root, choice.stack);
  // on another machine than it was made on there is none
  if (!existsSync(file)) writeFileSync(file, destroyFile(readBase(root, choice), choice).text);
  const stack = await openStack({ root, environment: choice.stack, create: true, ...(env && { env }) });
  if (stack.isNew) {
    rmSync(file);
    return { outcome: "absent" };
  }
  await guardStack(stack);
  const common = { ...(onEvent && { onEvent }), ...(signal && { signal }) };
  let errors: readonly string[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const { outcome, errors: failures } = await stack.destroy(common);
    errors = failures;
    if ((await leftOf(stack)).length === 0) {
      await stack.remove();
      rmSync(file);
      return { outcome: "gone" };
    }
    if (outcome === "canceled" || round === ROUNDS) break;
    await stack.refresh(common);
  }
  return { outcome: "left", left: await leftOf(stack), errors };
}

async function leftOf(stack: EnvironmentStack): Promise<readonly string[]> {
  const { resources } = await stack.exportState();
  return resources.filter(({ type, custom }) => custom && !type.startsWith("pulumi:")).map(({ urn }) => urn);
}
