/** plan/permissions/authorization.json as it should be: what the grants name, of cfn-lint's copy of AWS's reference. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stableJson } from "../../plan/json";
import type { AuthorizationReference } from "../../plan/permissions/authorization";
import { allowed, FURTHER } from "../../plan/permissions/allowed";
import { MANY } from "../../plan/permissions/statements";
import { grants } from "../../plan/permissions/grants";
import { root } from "./project";

export const PAGE = "plan/permissions/authorization.json";

/** In cfn-lint the names of actions and resource types are in lower case. */
type Copy = Readonly<
  Record<
    string,
    {
      readonly Actions: Readonly<Record<string, { readonly Resources?: readonly string[] }>>;
      readonly Resources: Readonly<Record<string, { readonly ARNFormats: readonly string[] }>>;
    }
  >
>;

/** Of cfn-lint: each has another copy of AWS's reference. */
const VERSION = "1.58.0";

/** The copy in the Python that `AWS_CHECK_PYTHON` names, or `python3`; `null` where it has no cfn-lint, or one of another version. */
export function readCopy(): Copy | null {
  const { status, stdout } = spawnSync(
    process.env.AWS_CHECK_PYTHON ?? "python3",
    [
      "-c",
      "import cfnlint, importlib.metadata, os; print(importlib.metadata.version('cfn-lint')); print(os.path.dirname(cfnlint.__file__))",
    ],
    { encoding: "utf8" },
  );
  const [version, folder = ""] = stdout.trim().split("\n");
  if (status !== 0 || version !== VERSION) return null;
  return JSON.parse(readFileSync(join(folder, "data/AdditionalSpecs/Policies.json"), "utf8")) as Copy;
}

/** Of every action that a grant names; what the copy does not know is left out. */
export function authorizationNow(copy: Copy): AuthorizationReference {
  const named = new Set(Object.values(grants).flatMap(({ arns = {} }) => Object.keys(arns)));
  const made: Record<string, { actions: Record<string, string>; resources: Record<string, string> }> = {};
  for (const { service, name } of [...Object.values(grants), ...FURTHER].flatMap(allowed)) {
    const of = copy[service];
    const action = of?.Actions[name.toLowerCase()];
    if (!of || !action) continue;
    const { actions, resources } = (made[service] ??= { actions: {}, resources: {} });
    const types = (action.Resources ?? [])
      .map((type) => type.toLowerCase())
      .filter((type) => type in of.Resources)
      // of many types (`ec2:CreateTags` has a hundred) those that a grant names, and enough to tell that they are many
      .filter((type, at) => at < MANY || named.has(`${service}/${type}`));
    actions[name] = types.join(", ");
    // an ARN of another service in the reference is asked for by an action of its own
    for (const type of types) resources[type] = of.Resources[type]!.ARNFormats[0]!.replace(/\.\*.*$/u, "");
  }
  return made;
}

if (require.main === module) {
  const copy = readCopy();
  if (!copy)
    throw new Error(
      `python has no cfn-lint ${VERSION}: pip install cfn-lint==${VERSION}, and name the python in AWS_CHECK_PYTHON`,
    );
  writeFileSync(join(root, PAGE), stableJson(authorizationNow(copy)));
}
