/** `spectrum status`. */
import { InputError } from "../app/finding";
import { guardStack, type OpenOptions, openStack } from "../deploy/engine";
import { isAsAsked, openDeployment, Refusal, renderStatus, type ServiceStatus, statusOf } from "../deploy/status";
import { showProblem } from "../plan/places";
import { type Ending, EXIT, finish, problemLines, wantsColor } from "./output";

export interface StatusArguments {
  readonly env: string;
  readonly app?: string;
  readonly json?: true;
}

/** Exit code 3 where a service does not run as asked, or could not be asked; 2 where nothing can be. */
export async function status(args: StatusArguments): Promise<void> {
  finish(await statusEnding(args, { onNotice: (text) => void process.stderr.write(`${text}\n`) }));
}

/** What the verb prints, and its exit code. */
export async function statusEnding(
  { env, app, json }: StatusArguments,
  options: Omit<OpenOptions, "environment"> = {},
): Promise<Ending> {
  try {
    const stack = await openStack({ ...options, environment: env });
    // what another account has is not what this environment runs
    await guardStack(stack);
    const { deployed, aws } = await openDeployment(stack);
    try {
      const services = await statusOf(aws, { deployed, ...(app !== undefined && { app }) });
      const stdout = json ? statusJson(env, aws.region, services) : textOf(env, aws.region, services);
      return { stdout, stderr: "", code: isAsAsked(services) ? EXIT.done : EXIT.failed };
    } finally {
      aws.close();
    }
  } catch (error) {
    if (!(error instanceof InputError) && !(error instanceof Refusal)) throw error;
    const found = error instanceof InputError ? error.problems : [{ message: error.message, location: null }];
    const problems = found.map((problem) => showProblem(problem, process.cwd()));
    const stdout = json ? `${JSON.stringify({ version: 1, environment: env, errors: problems }, null, 2)}\n` : "";
    return { stdout, stderr: problemLines(problems, "error"), code: EXIT.wrong };
  }
}

function statusJson(environment: string, region: string, services: readonly ServiceStatus[]): string {
  return `${JSON.stringify({ version: 1, environment, region, asAsked: isAsAsked(services), services }, null, 2)}\n`;
}

function textOf(environment: string, region: string, services: readonly ServiceStatus[]): string {
  if (services.length === 0) return `no service is deployed in ${environment} (${region})\n`;
  return `${environment} in ${region}\n${renderStatus(services, { color: wantsColor(process.stdout) })}`;
}
