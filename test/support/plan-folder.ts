/** The plan of a project that stands in a folder of its own for as long as the plan is made. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { makePlan } from "../../plan/plan";
import type { Plan } from "../../plan/types";
import { Recorded } from "./record";

export interface Folder {
  /** What the stack `dev` says: `spectrum:apps` and the like. `aws:region` is us-east-1 unless given. */
  readonly config: Readonly<Record<string, unknown>>;
  /** By their paths in the folder. What is no text is written as YAML. */
  readonly files: Readonly<Record<string, unknown>>;
  /** The day on which exemptions are judged, `YYYY-MM-DD`. */
  readonly today?: string;
  /** The tier of all apps, whatever the config says. */
  readonly tier?: string;
}

export interface FolderPlan extends Plan {
  readonly made: Recorded;
}

export async function planFolder({ config, files, ...options }: Folder): Promise<FolderPlan> {
  const folder = mkdtempSync(join(tmpdir(), "spectrum-plan-"));
  try {
    const all = {
      "Pulumi.yaml": { name: "spectrum", runtime: "nodejs" },
      "Pulumi.dev.yaml": { config: { "aws:region": "us-east-1", ...config } },
      ...files,
    };
    for (const [name, content] of Object.entries(all)) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, typeof content === "string" ? content : stringify(content));
    }
    const plan = await makePlan({ root: folder, ...options });
    return { ...plan, made: new Recorded({ resources: plan.resources as never, outputs: plan.outputs }) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
