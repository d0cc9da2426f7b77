/** A run's trace for the terminal: each attempt with what went in, what came out and where it led. */
import type { Json } from "../source";
import type { RunResult, Step } from "../walk/trace";
import type { Paint } from "./text";

export function drawTrace({ trace, status, output, error, cause }: RunResult, paint: Paint): string {
  const end =
    status === "SUCCEEDED" ? [`${paint.name(status)}  ${json(output)}`] : [paint.bad(`${status}  ${error}: ${cause}`)];
  return `${[...trace.flatMap((step) => lines(step, paint)), ...end].join("\n")}\n`;
}

function lines(step: Step, paint: Paint): readonly string[] {
  const { state, type, within, attempt, transition } = step;
  const indent = "  ".repeat(within.split("/").filter(Boolean).length);
  const notes = [type, within, attempt > 1 ? `attempt ${attempt}` : ""].filter(Boolean).join(", ");
  const row = (name: string, value: string) => `${paint.dim(name.padEnd(9))} ${value}`;
  const waited = transition.waited === undefined ? "" : ` after ${transition.waited} s, skipped here`;
  const to = transition.to === null ? transition.kind.toLowerCase() : `${transition.kind} ${transition.to}`;
  return [
    `${paint.name(state)}  ${paint.dim(notes)}`,
    ...[
      row("input", json(step.input)),
      ...(step.arguments === undefined ? [] : [row("arguments", json(step.arguments))]),
      ...(step.error === undefined ? [] : [row("error", paint.bad(`${step.error}: ${step.cause}`))]),
      ...(step.output === undefined ? [] : [row("output", json(step.output))]),
      row("→", `${to}${waited}`),
    ].map((line) => `  ${line}`),
  ].map((line) => `${indent}${line}`);
}

const json = (value: Json | undefined): string => JSON.stringify(value ?? null);
