/** `spectrum preview-env`: up, list, down, prune. */
import {
  type Destroyed,
  destroyPreview,
  endedPreviews,
  findPreviews,
  type FoundPreview,
  hasEnded,
  isPreviewStack,
  lastDay,
  makePreview,
  type PreviewChoice,
  previewStack,
  todayInUtc,
} from "../deploy/preview-env";
import type { OperationOptions } from "../deploy/engine";
import { InputError } from "../app/finding";
import { stableJson } from "../plan/json";
import { EXIT, finish, usageError } from "./output";
import { progressLine } from "./progress";
import { telling } from "./telling";

export interface ListArguments {
  readonly json?: true;
}

export interface DownArguments extends ListArguments {
  readonly from: string;
}

export interface UpArguments extends DownArguments {
  readonly until?: string;
  readonly days?: string;
}

/** Exit code 3 where the deployment failed: it is there, half made, and both `up` and `down` go on from it. */
export async function up(branch: string, { from, until, days, json }: UpArguments): Promise<void> {
  const end = lastDay({ ...(until !== undefined && { until }), ...(days !== undefined && { days }) }, todayInUtc());
  if ("wrong" in end) return usageError(end.wrong, false);
  const choice = { ...choose(branch, from), ends: end.day };
  await telling(json ?? false, async () => {
    const watch = watching(`making ${choice.stack}`);
    const { operation, apps } = await makePreview(choice, { root: process.cwd(), onNotice: notice, ...watch.options });
    watch.end();
    const { outcome, errors } = operation;
    const done = outcome === "succeeded";
    const stdout = json
      ? stableJson({ version: 1, ...choice, outcome, errors, apps })
      : done
        ? `${choice.stack} is up, until ${choice.ends}\n${addresses(apps)}`
        : "";
    const left = `${choice.stack} is half made; \`spectrum preview-env up ${branch}\` goes on, and \`spectrum preview-env down ${branch}\` takes it away`;
    const stderr = done ? "" : [...errors, left].map((line) => `error: ${line}\n`).join("");
    finish({ stdout, stderr, code: done ? EXIT.done : EXIT.failed });
  });
}

/** By their names, with what their tags say. */
export const list = ({ json }: ListArguments): Promise<void> =>
  telling(json ?? false, async () => {
    const found = await findPreviews({ root: process.cwd() });
    const stdout = json ? stableJson({ version: 1, previews: found }) : found.map(line).join("") || "none\n";
    finish({ stdout, stderr: "", code: EXIT.done });
  });

/** Exit code 3 where something is left. */
export const down = (branch: string, { from, json }: DownArguments): Promise<void> =>
  telling(json ?? false, () => takeAway([choose(branch, from)], json ?? false));

/** Each of them, whatever becomes of the others. */
export const prune = ({ from, json }: DownArguments): Promise<void> =>
  telling(json ?? false, async () => {
    const ended = endedPreviews(await findPreviews({ root: process.cwd() }), todayInUtc());
    const choices = ended.map((found) => ({
      ...choose(found.stack, found.from ?? from),
      branch: found.branch ?? found.stack,
    }));
    await takeAway(choices, json ?? false);
  });

async function takeAway(choices: readonly PreviewChoice[], json: boolean): Promise<void> {
  const results: (Destroyed & { readonly stack: string })[] = [];
  for (const choice of choices) {
    const watch = watching(`taking ${choice.stack} away`);
    results.push({ stack: choice.stack, ...(await destroyed(choice, watch.options)) });
    watch.end();
  }
  const failed = results.some(({ outcome }) => outcome === "left");
  const stdout = json
    ? stableJson({ version: 1, destroyed: results })
    : results.map(told).join("") || "none has ended\n";
  const stderr = results
    .flatMap((result) => (result.outcome === "left" ? result.errors : []))
    .map((text) => `error: ${text}\n`);
  finish({ stdout, stderr: stderr.join(""), code: failed ? EXIT.failed : EXIT.done });
}

/** A stack that somebody holds keeps the others from nothing. */
async function destroyed(choice: PreviewChoice, options: OperationOptions): Promise<Destroyed> {
  try {
    return await destroyPreview(choice, { root: process.cwd(), ...options });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { outcome: "left", left: [], errors: error.problems.map(({ message }) => message) };
  }
}

const choose = (branch: string, from: string): PreviewChoice => ({
  branch,
  from,
  stack: isPreviewStack(branch) ? branch : previewStack(branch),
  ends: todayInUtc(),
});

function told(result: Destroyed & { readonly stack: string }): string {
  const { stack } = result;
  if (result.outcome !== "left") return `${stack} is ${result.outcome === "gone" ? "gone" : "not there"}\n`;
  return [`${stack} is not gone`, ...result.left.map((urn) => `    left: ${urn}`), ""].join("\n");
}

function line({ stack, branch, from, ends, resources }: FoundPreview): string {
  const when = ends === null ? "with no end known" : `${hasEnded(ends, todayInUtc()) ? "ended" : "until"} ${ends}`;
  return `${stack}  ${when}  ${resources} resources  branch ${branch ?? "?"}, like ${from ?? "?"}\n`;
}

/** The stack output `apps`, a line for each address. */
function addresses(apps: unknown): string {
  const urls = Object.entries((apps ?? {}) as Record<string, { readonly urls?: Readonly<Record<string, string>> }>);
  return urls
    .flatMap(([app, { urls: of = {} }]) => Object.entries(of).map(([port, url]) => `${app} ${port}  ${url}\n`))
    .join("");
}

const notice = (text: string): void => void process.stderr.write(`${text}\n`);

/** A line on a terminal; the first Ctrl-C lets the engine end what it has begun. */
function watching(text: string): { readonly options: Pick<OperationOptions, "onEvent" | "signal">; end(): void } {
  const progress = progressLine(process.stderr);
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.on("SIGINT", interrupt);
  let done = 0;
  return {
    options: {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === "resource" && event.phase === "done") progress.show(`${text}: ${++done}`);
      },
    },
    end: () => {
      process.off("SIGINT", interrupt);
      progress.end();
    },
  };
}
