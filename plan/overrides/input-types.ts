/**
 * What inputs a resource type has: read off the type declarations of Pulumi's SDKs that are installed, for the versions that
 * the program runs with. Opens files; only where something is overridden.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as ts from "typescript";
import type { Shape } from "./shapes";

const KEYWORDS = new Map<ts.SyntaxKind, "string" | "number" | "boolean">([
  [ts.SyntaxKind.StringKeyword, "string"],
  [ts.SyntaxKind.NumberKeyword, "number"],
  [ts.SyntaxKind.BooleanKeyword, "boolean"],
]);

/** Reads each file once. */
export class InputTypes {
  private readonly texts = new Map<string, string>();
  private readonly shapes = new Map<string, Shape | null>();

  /** Of a type such as `aws:lb/targetGroup:TargetGroup`; `null`: no SDK here says, as of Kubernetes' custom resources. */
  shapeOf(type: string): Shape | null {
    let shape = this.shapes.get(type);
    if (shape === undefined) this.shapes.set(type, (shape = this.read(type)));
    return shape;
  }

  private read(type: string): Shape | null {
    const [name = "", module = "", resource = ""] = type.split(":");
    const root = packageRoot(name);
    if (root === null) return null;
    const file = declaration(root, module, resource);
    if (file === null) return null;
    const found = this.interfaces(this.text(file)).get(`${resource}Args`);
    return found ? this.object(type, found, join(root, "types/input.d.ts")) : null;
  }

  private object(name: string, declared: ts.InterfaceDeclaration, inputs: string): Shape {
    let keys: ReadonlyMap<string, Shape> | undefined;
    const members = declared.members.filter(ts.isPropertySignature);
    return {
      kind: "object",
      name,
      keys: () =>
        (keys ??= new Map(
          members.flatMap(({ name: key, type }) =>
            type && (ts.isIdentifier(key) || ts.isStringLiteral(key))
              ? [[key.text, this.shape(type, inputs)] as const]
              : [],
          ),
        )),
    };
  }

  private shape(type: ts.TypeNode, inputs: string): Shape {
    if (ts.isParenthesizedTypeNode(type)) return this.shape(type.type, inputs);
    if (ts.isUnionTypeNode(type)) return this.union(type.types, inputs);
    if (ts.isArrayTypeNode(type)) return { kind: "list", of: this.shape(type.elementType, inputs) };
    if (ts.isTypeLiteralNode(type)) {
      const index = type.members.find(ts.isIndexSignatureDeclaration);
      return index ? { kind: "map", of: this.shape(index.type, inputs) } : { kind: "any" };
    }
    if (ts.isTypeReferenceNode(type)) return this.reference(type, inputs);
    if (ts.isLiteralTypeNode(type)) return { kind: ts.isStringLiteral(type.literal) ? "string" : "any" };
    return { kind: KEYWORDS.get(type.kind) ?? "any" };
  }

  /** `undefined` says that a key may be left out; several kinds are told apart no further. */
  private union(types: readonly ts.TypeNode[], inputs: string): Shape {
    const shapes = types
      .filter(({ kind }) => kind !== ts.SyntaxKind.UndefinedKeyword)
      .map((one) => this.shape(one, inputs));
    const [first = { kind: "any" }] = shapes;
    const isPlain = first.kind === "string" || first.kind === "number" || first.kind === "boolean";
    return shapes.length === 1 || (isPlain && shapes.every(({ kind }) => kind === first.kind))
      ? first
      : { kind: "any" };
  }

  private reference({ typeName, typeArguments }: ts.TypeReferenceNode, inputs: string): Shape {
    const name = typeName.getText();
    const [argument] = typeArguments ?? [];
    if (name === "pulumi.Input" && argument) return this.shape(argument, inputs);
    if (name === "pulumi.ID" || name.startsWith("enums.")) return { kind: "string" };
    if (!name.startsWith("inputs.") || !existsSync(inputs)) return { kind: "any" };
    const path = name.split(".").slice(1);
    const text = declarationIn(this.text(inputs), path);
    const [found] = text === null ? [] : this.interfaces(text).values();
    return found ? this.object(path.join("."), found, inputs) : { kind: "any" };
  }

  private interfaces(text: string): ReadonlyMap<string, ts.InterfaceDeclaration> {
    const source = ts.createSourceFile("types.d.ts", text, ts.ScriptTarget.Latest, true);
    return new Map(source.statements.filter(ts.isInterfaceDeclaration).map((found) => [found.name.text, found]));
  }

  private text(file: string): string {
    let text = this.texts.get(file);
    if (text === undefined) this.texts.set(file, (text = readFileSync(file, "utf8")));
    return text;
  }
}

function packageRoot(name: string): string | null {
  try {
    return dirname(require.resolve(`@pulumi/${name}/package.json`));
  } catch {
    return null;
  }
}

/**
 * The file that declares a resource: of `lb/targetGroup` itself, of `apps/v1` and `networking.k8s.io/v1` one in the folder that
 * the first word names, of `index` one beside it.
 */
function declaration(root: string, module: string, resource: string): string | null {
  const own = join(root, `${module}.d.ts`);
  if (existsSync(own) && module !== "index") return own;
  const [group = "", ...version] = module.split("/");
  const folder = module === "index" ? root : join(root, group.split(".")[0] ?? "", ...version);
  if (!existsSync(folder)) return null;
  const wanted = `${resource}.d.ts`.toLowerCase();
  const file = readdirSync(folder).find((name) => name.toLowerCase() === wanted);
  return file === undefined ? null : join(folder, file);
}

/**
 * One interface's text, cut out of the millions of characters that the SDK's generator indents alike: to parse them all takes
 * seconds. The path is its namespaces and its name.
 */
function declarationIn(text: string, path: readonly string[]): string | null {
  const namespaces = path.slice(0, -1);
  const exported = (depth: number) => (depth === 0 ? "export " : "    ".repeat(depth));
  let [from, to] = [0, text.length];
  for (const [depth, name] of namespaces.entries()) {
    const opening = `\n${exported(depth)}${depth === 0 ? "declare " : ""}namespace ${name} {\n`;
    from = text.indexOf(opening, from);
    if (from < 0 || from >= to) return null;
    const end = text.indexOf(`\n${"    ".repeat(depth)}}`, from + opening.length - 1);
    to = end < 0 ? to : end;
  }
  const depth = namespaces.length;
  const start = text.indexOf(`\n${exported(depth)}interface ${path.at(-1) ?? ""} {\n`, from);
  if (start < 0 || start >= to) return null;
  return text.slice(start, text.indexOf(`\n${"    ".repeat(depth)}}`, start) + 2 + 4 * depth);
}
