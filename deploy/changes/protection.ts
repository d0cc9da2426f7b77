/** What Pulumi says of a protected resource, in words: what would be lost, and how to let it go. Pure. */
import { HOLDS_DATA } from "../../plan/compare/move";
import { urnName, urnType } from "../../plan/urn";

/** The engine's words (pkg/resource/deploy/step_generator.go of https://github.com/pulumi/pulumi). */
const REFUSAL = /unable to (delete|replace) resource "(urn:pulumi:[^"]+)"\s*as it is currently marked for protection/u;

/** The errors of an operation; those of protected resources in Spectrum's words, each once. */
export function protectionErrors(errors: readonly string[]): readonly string[] {
  return [...new Set(errors.map((error) => refusal(error) ?? error))];
}

function refusal(error: string): string | null {
  const [, operation = "delete", urn] = REFUSAL.exec(error) ?? [];
  if (urn === undefined) return null;
  const [type, name] = [urnType(urn), urnName(urn)];
  const what = HOLDS_DATA[type];
  const fate = operation === "replace" ? "be replaced by an empty one" : "be deleted";
  return what === undefined
    ? `${name} (${type}) would ${fate}, and is protected: \`pulumi state unprotect '${urn}'\` lets it go`
    : `${what}, ${name}, would ${fate}, and what it holds would be lost: it is protected. Keep what asks for that as it was; or, where the data may go, set data: delete under its app, run \`spectrum up\` once with nothing else changed, and then this again`;
}
