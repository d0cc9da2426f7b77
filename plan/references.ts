/** What an output in a plan refers to. Pure. */
import type { PlanValue } from "./types";

export interface Reference {
  readonly urn: string;
  /** With the dot or bracket before it: `.arn`, `.containers[0].name` */
  readonly property: string;
}

/** A URN and its property, of `<urn>.<property>`; `null` where no URN is known that it could begin with. */
export function splitReference(reference: string, known: { has(urn: string): boolean }): Reference | null {
  // a name may hold dots: the URN is the longest beginning that is one
  for (let end = reference.length; end > 0; end = reference.lastIndexOf(".", end - 1)) {
    const urn = reference.slice(0, end);
    if (known.has(urn)) return { urn, property: reference.slice(end) };
  }
  return null;
}

/** The URNs that a value's outputs refer to, in order; those in texts around outputs, and in JSON documents, too. */
export function referencedUrns(value: PlanValue | undefined, known: { has(urn: string): boolean }): readonly string[] {
  if (typeof value === "string") {
    return value.startsWith("{") || value.startsWith("[") ? referencedUrns(parsed(value), known) : [];
  }
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => referencedUrns(item, known));
  const { $output: output } = value;
  if (typeof output !== "string") return Object.values(value).flatMap((item) => referencedUrns(item, known));
  const references = output.includes("${")
    ? [...output.matchAll(/\$\{([^}]*)\}/gu)].map(([, inner = ""]) => inner)
    : [output];
  return references.flatMap((reference) => splitReference(reference, known)?.urn ?? []);
}

function parsed(document: string): PlanValue {
  try {
    return JSON.parse(document) as PlanValue;
  } catch {
    return null;
  }
}
