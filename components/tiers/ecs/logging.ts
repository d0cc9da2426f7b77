/** The options of the awslogs driver. Pure. */
import type { Service } from "../../../app/model";

/** Options of Compose's `logging` that hold here too, whatever the driver. */
export const keptLogOptions: readonly string[] = [
  "awslogs-datetime-format",
  "awslogs-multiline-pattern",
  "max-buffer-size",
  "mode",
];

/** A container that logs never waits for CloudWatch: what the buffer cannot hold is lost. */
const DEFAULTS = { mode: "non-blocking", "max-buffer-size": "25m" } as const;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html */
export function logOptions(service: Service): Readonly<Record<string, string>> {
  const said = Object.fromEntries(
    Object.entries(service.logging?.options ?? {}).filter(([name]) => keptLogOptions.includes(name)),
  );
  const all: Record<string, string> = { ...DEFAULTS, ...said };
  if (all.mode === "blocking")
    return Object.fromEntries(Object.entries(all).filter(([name]) => name !== "max-buffer-size"));
  return all;
}
