/** The engine's events as Spectrum's own, fewer and typed. Pure. */
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { urnName } from "../../plan/urn";
import type { OpMap, OperationEvent, OperationKind, OpType, Step } from "./types";

type Metadata = NonNullable<EngineEvent["resourcePreEvent"]>["metadata"];

/** What one event of the engine says, if it says anything that Spectrum tells on. */
export function operationEvent(event: EngineEvent): OperationEvent | null {
  const {
    resourcePreEvent,
    resOutputsEvent,
    resOpFailedEvent,
    diagnosticEvent,
    policyEvent,
    stdoutEvent,
    summaryEvent,
  } = event;
  if (resourcePreEvent) {
    const { metadata, planning } = resourcePreEvent;
    return resourceEvent(planning ? "planned" : "started", metadata);
  }
  // a preview's second word on a resource
  if (resOutputsEvent) return resOutputsEvent.planning ? null : resourceEvent("done", resOutputsEvent.metadata);
  if (resOpFailedEvent) return resourceEvent("failed", resOpFailedEvent.metadata);
  if (diagnosticEvent && !diagnosticEvent.ephemeral) {
    const { severity, message, urn } = diagnosticEvent;
    return messageEvent(severity === "info#err" ? "info" : severity, message, urn);
  }
  if (stdoutEvent) return messageEvent("info", stdoutEvent.message);
  if (policyEvent) {
    const { policyName: rule, enforcementLevel, message, resourceUrn } = policyEvent;
    const level = enforcementLevel === "mandatory" ? "mandatory" : "advisory";
    return {
      type: "policy",
      rule,
      level,
      text: plain(message),
      urn: resourceUrn === "" ? null : (resourceUrn ?? null),
    };
  }
  if (summaryEvent) {
    const { resourceChanges, durationSeconds } = summaryEvent;
    return { type: "summary", changes: resourceChanges, seconds: durationSeconds };
  }
  return null;
}

function resourceEvent(
  phase: Extract<OperationEvent, { type: "resource" }>["phase"],
  { op, urn }: Metadata,
): OperationEvent {
  return { type: "resource", phase, op, urn };
}

function messageEvent(severity: string, message: string, urn?: string): OperationEvent | null {
  const text = plain(message);
  if (text === "" || NOISE.test(text)) return null;
  // Pulumi's "debug" is for those who look for defects of Pulumi
  if (severity !== "info" && severity !== "warning" && severity !== "error") return null;
  return { type: "message", severity, text, urn: urn === "" ? null : (urn ?? null) };
}

/** What Pulumi says of itself, and nobody can do anything about. */
const NOISE = /^using pulumi-\S+ from \$PATH at |^Undefined value \(\w+\) will not show as a stack output/u;

/** Without the engine's marks of colour, `<{%fg 1%}>`. */
export const plain = (text: string): string => text.replace(/<\{%[^%]*%\}>/gu, "").trim();

/** Gathers what an operation does out of its events. */
export class Gathered {
  private readonly found = new Map<string, Step>();
  readonly errors: string[] = [];
  readonly warnings: string[] = [];
  changes: OpMap = {};

  constructor(private readonly kind: OperationKind) {}

  /** What changes, in the engine's order. */
  get steps(): readonly Step[] {
    return [...this.found.values()].filter(({ op }) => !UNCHANGED.has(op));
  }

  add(event: EngineEvent): void {
    // only after a refresh has looked at a resource it is known what has become of it
    const metadata = (this.kind === "refresh" ? event.resOutputsEvent : event.resourcePreEvent)?.metadata;
    if (metadata) this.found.set(`${metadata.op} ${metadata.urn}`, stepOf(metadata));
    const told = operationEvent(event);
    if (told?.type === "summary") this.changes = told.changes;
    if (told?.type !== "message" || told.severity === "info") return;
    const text = told.urn === null ? told.text : `${urnName(told.urn)}: ${told.text}`;
    (told.severity === "error" ? this.errors : this.warnings).push(text);
  }
}

const UNCHANGED: ReadonlySet<OpType> = new Set(["same", "read", "refresh"]);

function stepOf({ op, urn, type, keys, diffs, detailedDiff, old, new: next }: Metadata): Step {
  const detailed = Object.entries(detailedDiff ?? {}).map(([path, { diffKind }]) => [path, diffKind] as const);
  return {
    op,
    urn,
    type,
    name: urnName(urn),
    replaceKeys: keys ?? [],
    // providers that tell no details tell at least which properties
    diff: Object.fromEntries(detailed.length > 0 ? detailed : (diffs ?? []).map((key) => [key, "update"])),
    old: old?.inputs ?? null,
    new: next?.inputs ?? null,
  };
}
