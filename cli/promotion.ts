/** `spectrum promote` and `spectrum rollback`. */
import { createColors } from "picocolors";
import { InputError } from "../app/finding";
import { interruptible } from "../deploy/engine/interrupts";
import type { Brought, Consent } from "../deploy/promote/bring";
import { promote as promoteApps } from "../deploy/promote/promote";
import { rollback as rollbackApp } from "../deploy/promote/rollback";
import { shortId } from "../deploy/promote/rules";
import { RealWorld } from "../deploy/promote/world";
import { stableJson } from "../plan/json";
import { ask, terminal } from "./ask";
import { OperationProgress } from "./operation-progress";
import { EXIT, finish, problemLines, wantsColor } from "./output";
import { telling } from "./telling";

interface ConsentArguments {
  readonly yes?: true;
  readonly approvedBy?: readonly string[];
  readonly failed?: true;
  readonly json?: true;
}

export interface PromoteArguments extends ConsentArguments {
  readonly from: string;
  readonly to: string;
  readonly app?: readonly string[];
  readonly skip?: readonly string[];
  readonly older?: true;
}

export interface RollbackArguments extends ConsentArguments {
  readonly env: string;
  readonly app?: string;
  readonly to?: string;
}

/** Exit code 0 where the release is there and healthy, 2 where it was refused, 3 where the deployment or the look at it failed. */
export function promote(given: PromoteArguments): Promise<void> {
  const { from, to, app = [], skip = [], older = false, failed = false } = given;
  return bringing(given, (world, consent) =>
    promoteApps(world, { from, to, apps: app, named: { skip, older, failed }, ...consent }),
  );
}

/** Exit codes as `promote`'s. */
export function rollback(given: RollbackArguments): Promise<void> {
  const { env: environment, app, to, failed = false } = given;
  return bringing(given, (world, consent) =>
    rollbackApp(world, {
      environment,
      failed,
      ...(app !== undefined && { app }),
      ...(to !== undefined && { to }),
      ...consent,
    }),
  );
}

function bringing(
  { yes, approvedBy = [], json }: ConsentArguments,
  bring: (world: RealWorld, consent: Consent) => Promise<Brought>,
): Promise<void> {
  return telling(json === true, async () => {
    const on = terminal();
    if (!yes && !on) throw new InputError([{ message: UNANSWERABLE, location: null }]);
    const tell = (text: string) => void process.stderr.write(text);
    const world = new RealWorld({
      root: process.cwd(),
      tell,
      confirm: (question) => (on ? ask(on, `${question} yes or no:`, "yes") : Promise.resolve(false)),
      up: async (stack, message) => {
        const progress = new OperationProgress(process.stderr, { title: `deploying ${stack.environment}` });
        const notice = (text: string) => progress.print(text);
        try {
          return await interruptible(stack, notice, (signal) =>
            stack.up({ message, signal, onEvent: (event) => progress.tell(event) }),
          );
        } finally {
          progress.end();
        }
      },
    });
    end(await bring(world, { yes: yes === true, approvedBy, color: wantsColor(process.stderr) }), json === true);
  });
}

const UNANSWERABLE =
  "it asks before it changes anything, and there is no terminal to answer on; say --yes, and see first what it would do: spectrum diff";

const CODES = {
  succeeded: EXIT.done,
  "there already": EXIT.done,
  declined: EXIT.wrong,
  failed: EXIT.failed,
} as const;

function end(brought: Brought, json: boolean): void {
  const { outcome, evidence, environment } = brought;
  const errors = evidence.flatMap(({ app, reason }) =>
    reason === null ? [] : [{ message: `${app}: ${reason}`, location: null }],
  );
  const label = createColors(wantsColor(process.stderr)).red("error");
  const advice =
    outcome === "failed"
      ? `Pulumi.${environment}.yaml names the new release, and what ran before goes on where the tier could not change it: ` +
        `run the same again with --failed, or go back: spectrum rollback --env ${environment}\n`
      : "";
  finish({
    stdout: json ? stableJson(brought) : outcome === "failed" ? "" : `${textOf(brought)}\n`,
    stderr: problemLines(errors, label) + advice,
    code: CODES[outcome],
  });
}

function textOf({ outcome, environment, releases }: Brought): string {
  const listed = Object.entries(releases).map(([app, id]) => `${app} ${shortId(id)}`);
  if (outcome === "declined") return "nothing has been done";
  const how = outcome === "there already" ? "there already, and healthy" : "deployed, and healthy";
  return `${environment}: ${listed.join(", ")}: ${how}`;
}
