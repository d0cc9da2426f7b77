/** What is being done to resources, while it is: one line that changes on a terminal, a line for each resource elsewhere. */
import type { OperationEvent, OpType } from "../deploy/engine";
import { urnName, urnType } from "../plan/urn";
import { type ProgressLine, progressLine } from "./progress";

/** What an operation has done once it is done; nothing for what changes nothing. */
const DONE: Readonly<Partial<Record<OpType, string>>> = {
  create: "created",
  update: "updated",
  delete: "deleted",
  import: "imported",
  "create-replacement": "created anew",
  "delete-replaced": "old one deleted",
};

export interface ProgressOptions {
  /** "deploying dev" */
  readonly title: string;
  /** How many resources are to change, where that is known. */
  readonly total?: number;
}

/** Told each event; `end` clears the line. */
export class OperationProgress {
  private readonly line: ProgressLine;
  private readonly timer: NodeJS.Timeout | undefined;
  private readonly began = Date.now();
  /** By URN, what has begun and has not ended. */
  private readonly running = new Map<string, string>();
  private planned = 0;
  private done = 0;

  constructor(
    private readonly stream: NodeJS.WriteStream,
    private readonly options: ProgressOptions,
  ) {
    this.line = progressLine(stream);
    if (stream.isTTY) this.timer = setInterval(() => this.show(), 500);
    this.timer?.unref();
    this.show();
  }

  tell(event: OperationEvent): void {
    if (event.type === "resource") this.resource(event);
    else if (event.type === "message" && event.severity !== "info")
      this.print(`${event.severity}: ${event.urn === null ? "" : `${urnName(event.urn)}: `}${event.text}`);
    this.show();
  }

  /** A line that stays. */
  print(text: string): void {
    this.line.end();
    this.stream.write(`${text}\n`);
  }

  end(): void {
    clearInterval(this.timer);
    this.line.end();
  }

  private resource({ phase, op, urn }: Extract<OperationEvent, { type: "resource" }>): void {
    const done = DONE[op];
    const what = `${urnName(urn)} ${urnType(urn)}`;
    if (phase === "planned") this.planned += 1;
    else if (phase === "started" && done !== undefined) this.running.set(urn, what);
    else this.running.delete(urn);
    if (phase === "failed") this.print(`failed: ${op} ${what}`);
    if (phase !== "done" || done === undefined) return;
    this.done += 1;
    // on a terminal the line says it
    if (!this.stream.isTTY) this.print(`${done} ${what} (${this.counted()})`);
  }

  private counted(): string {
    const { total } = this.options;
    return total === undefined || total < this.done ? `${this.done}` : `${this.done} of ${total}`;
  }

  private show(): void {
    const { title } = this.options;
    const seconds = Math.round((Date.now() - this.began) / 1000);
    const time = seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, "0")}s`;
    const [first] = this.running.values();
    const more = this.running.size > 1 ? ` and ${this.running.size - 1} more` : "";
    const counted = this.planned > 0 ? `${this.planned} resources` : `${this.counted()} done`;
    this.line.show(`${title}: ${counted}, ${time}${first === undefined ? "" : `; waiting for ${first}${more}`}`);
  }
}
