/** Makes a preview environment, or brings it up to what is checked out. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type Problem, InputError } from "../../app/finding";
import { makePlan } from "../../plan/plan";
import type { Plan } from "../../plan/types";
import { type EnvironmentStack, guardStack, openStack, type Operation, type OperationOptions } from "../engine";
import { type PreviewChoice, previewFile } from "./config";
import { fileOf, readBase } from "./files";

export interface MakeOptions extends Pick<OperationOptions, "onEvent" | "signal"> {
  readonly root: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly onNotice?: (text: string) => void;
}

export interface MadePreview {
  readonly operation: Operation;
  /** The stack's output `apps`, where it went through. */
  readonly apps: unknown;
}

/**
 * Throws `InputError` for what is wrong before anything is made; what fails then is in the operation, and running it again goes on
 * from there.
 */
export async function makePreview(choice: PreviewChoice, options: MakeOptions): Promise<MadePreview> {
  const { root, env, onNotice } = options;
  const isNew = !existsSync(fileOf(root, choice.stack));
  const notices = writePreviewFile(root, choice);
  let stack: EnvironmentStack;
  try {
    const [own, other] = [
      await makePlan({ root, environment: choice.stack }),
      await makePlan({ root, environment: choice.from }),
    ];
    const problems = [...own.errors, ...sharedHosts(own, other, choice)];
    if (problems.length > 0) throw new InputError(problems);
    stack = await openStack({
      root,
      environment: choice.stack,
      create: true,
      ...(env && { env }),
      ...(onNotice && { onNotice }),
    });
    await guardStack(stack);
  } catch (error) {
    // nothing was made: nothing is left behind
    if (isNew) rmSync(fileOf(root, choice.stack), { force: true });
    throw error;
  }
  for (const notice of notices) onNotice?.(notice);
  const { onEvent, signal } = options;
  const operation = await stack.up({
    message: `preview of ${choice.branch} until ${choice.ends}`,
    ...(onEvent && { onEvent }),
    ...(signal && { signal }),
  });
  const apps = operation.outcome === "succeeded" ? (await stack.outputs()).apps : null;
  return { operation, apps };
}

/** Gives the notices. Throws `InputError` where the environment that it is like has no file. */
function writePreviewFile(root: string, choice: PreviewChoice): readonly string[] {
  const own = fileOf(root, choice.stack);
  const { text, notices } = previewFile(
    readBase(root, choice),
    existsSync(own) ? readFileSync(own, "utf8") : null,
    choice,
  );
  writeFileSync(own, text);
  return notices;
}

/** Names that both would take: a Compose file's own (`x-spectrum`), which the stack's file does not show. Pure. */
export function sharedHosts(own: Plan, other: Plan, { from }: PreviewChoice): readonly Problem[] {
  const hosts = (plan: Plan): ReadonlySet<unknown> =>
    new Set(plan.resources.filter(({ type }) => type === "aws:route53/record:Record").map(({ inputs }) => inputs.name));
  const theirs = hosts(other);
  return [...hosts(own)]
    .filter((host): host is string => typeof host === "string" && theirs.has(host))
    .map((host) => ({
      message: `the host ${host} is ${from}'s, and the preview would take it; write \`domain\` or \`hosts\` in Pulumi.${from}.yaml instead of the Compose file's x-spectrum: there it gets a name of its own`,
      location: null,
    }));
}
