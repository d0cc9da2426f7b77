/** The stack files of preview environments and of those that they are like. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readStackConfig } from "../../plan/stack-config";
import type { PreviewChoice } from "./config";

/** @param root the Pulumi project's folder */
export const fileOf = (root: string, stack: string): string => join(root, `Pulumi.${stack}.yaml`);

/** The stack file of the environment that the preview is like. Throws `InputError` where there is none, or it is no YAML. */
export function readBase(root: string, { from }: PreviewChoice): string {
  readStackConfig(root, from);
  return readFileSync(fileOf(root, from), "utf8");
}
