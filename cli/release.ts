/** `spectrum release`. */
import { InputError, type Problem } from "../app/finding";
import { type EnvironmentStack, openStack } from "../deploy/engine";
import { appOf, runningRelease, writeRelease, type Written } from "../deploy/release";
import { openDeployment, Refusal, runningDigests, statusOf } from "../deploy/status";
import { showProblem } from "../plan/places";
import { type ReadEnvironment, readApps } from "../stacks/apps";
import { EXIT, finish, problemLines } from "./output";

export interface ReleaseArguments {
  readonly env: string;
  readonly app?: string;
  readonly json?: true;
}

/** A release that is in its file now. */
interface MadeRelease extends Written {
  readonly app: string;
}

interface Made {
  readonly releases: readonly MadeRelease[];
  readonly warnings: readonly Problem[];
}

/** Of every app of the environment, or of one. Exit code 2 where one cannot be made: then none is written. */
export async function release({ env, app, json }: ReleaseArguments): Promise<void> {
  try {
    const stack = await openStack({ environment: env, onNotice: (text) => void process.stderr.write(`${text}\n`) });
    const { releases, warnings } = await makeReleases(stack, app);
    const told = warnings.map(shown);
    const lines = releases.map(
      ({ app: name, id, path, isNew }) => `${name} ${id}\n  ${isNew ? path : `${path}, which was there already`}\n`,
    );
    const stdout = json ? releasesJson(env, { releases, warnings: told, errors: [] }) : lines.join("");
    finish({ stdout, stderr: problemLines(told, "warning"), code: EXIT.done });
  } catch (error) {
    if (!(error instanceof InputError) && !(error instanceof Refusal)) throw error;
    const found = error instanceof InputError ? error.problems : [{ message: error.message, location: null }];
    const errors = found.map(shown);
    const stdout = json ? releasesJson(env, { releases: [], warnings: [], errors }) : "";
    finish({ stdout, stderr: problemLines(errors, "error"), code: EXIT.wrong });
  }
}

async function makeReleases(stack: EnvironmentStack, only: string | undefined): Promise<Made> {
  const { environment, config, root } = stack;
  const { deployed, aws } = await openDeployment(stack);
  try {
    const names = only === undefined ? Object.keys(deployed) : [only];
    let read: ReadEnvironment | undefined;
    const apps = () => (read ??= readApps(config, { root })).apps;
    const made = [];
    for (const app of names) {
      const running = async () => runningDigests(await statusOf(aws, { deployed, app }))[app] ?? {};
      made.push(
        await runningRelease({
          root,
          environment,
          app,
          deployed: deployed[app],
          read: () => appOf(apps(), app, environment),
          running,
        }),
      );
    }
    return {
      releases: made.map(({ release: one }) => ({ app: one.app, ...writeRelease(root, one) })),
      warnings: made.flatMap(({ warnings }) => warnings),
    };
  } finally {
    aws.close();
  }
}

const shown = (problem: Problem): Problem => showProblem(problem, process.cwd());

function releasesJson(environment: string, rest: Made & { readonly errors: readonly Problem[] }): string {
  return `${JSON.stringify({ version: 1, environment, ...rest }, null, 2)}\n`;
}
