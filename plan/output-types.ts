/**
 * Which outputs of a resource are lists, objects or booleans, and so cannot be one token of text: a program that looked into
 * one would get nothing, and an input that is fed from it would vanish. The package's type declarations are the only place
 * that tells; they are read once for each type, and are always those of the installed version.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const known = new Map<string, ReadonlySet<string>>();
const PROPERTY = /^ {4}readonly (\w+): pulumi\.Output<(.*)$/gm;

/** The names of the outputs of the type that have a structure; empty for a type of another package than `@pulumi/aws`. */
export function structuredNames(type: string): ReadonlySet<string> {
  const cached = known.get(type);
  if (cached) return cached;
  const names = new Set<string>();
  for (const [, name, declared] of declarations(type).matchAll(PROPERTY)) {
    if (name !== undefined && declared !== undefined && isStructured(declared)) names.add(name);
  }
  known.set(type, names);
  return names;
}

/** `outputs.ecs.ServiceLoadBalancer[] | undefined>;`, `string[]>;`, `boolean>;`, `{` (a map over several lines). */
function isStructured(declared: string): boolean {
  return /^(?:\{|boolean|outputs\.)|\[\](?: \| undefined)?>;$/.test(declared);
}

function declarations(type: string): string {
  const module = /^aws:([a-z0-9]+)\/(\w+):\w+$/i.exec(type);
  if (!module) return "";
  const folder = dirname(require.resolve("@pulumi/aws/package.json"));
  const parts = module[1] === "index" ? [] : [module[1] ?? ""];
  try {
    return readFileSync(join(folder, ...parts, `${module[2]}.d.ts`), "utf8");
  } catch {
    return "";
  }
}
