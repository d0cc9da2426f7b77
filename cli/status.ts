/** `spectrum status`. */
import { InputError } from "../app/finding";
import { openStack } from "../deploy/engine";
import { isAsAsked, openDeployment, Refusal, renderStatus, type ServiceStatus, statusOf } from "../deploy/status";
import { showProblem } from "../plan/places";
import { EXIT, finish, problemLines, wantsColor } from "./output";

export interface StatusArguments {
  readonly env: string;
  readonly app?: string;
  readonly json?: true;
}

/** Exit code 3 where a service does not run as asked, or could not be asked; 2 where nothing can be. */
export async function status({ env, app, json }: StatusArguments): Promise<void> {
  try {
    const stack = await openStack({
      environment: env,
      onNotice: (text) => void process.stderr.write(`${text}\n`),
    });
    const { deployed, aws } = await openDeployment(stack);
    try {
      const services = await statusOf(aws, { deployed, ...(app !== undefined && { app }) });
      const stdout = json ? statusJson(env, aws.region, services) : textOf(env, aws.region, services);
      finish({ stdout, stderr: "", code: isAsAsked(services) ? EXIT.done : EXIT.failed });
    } finally {
      aws.close();
    }
  } catch (error) {
    if (!(error instanceof InputError) && !(error instanceof Refusal)) throw error;
    const found = error instanceof InputError ? error.problems : [{ message: error.message, location: null }];
    const problems = found.map((problem) => showProblem(problem, process.cwd()));
    const stdout = json ? `${JSON.stringify({ version: 1, environment: env, errors: problems }, null, 2)}\n` : "";
    finish({ stdout, stderr: problemLines(problems, "error"), code: EXIT.wrong });
  }
}

function statusJson(environment: string, region: string, services: readonly ServiceStatus[]): string {
  return `${JSON.stringify({ version: 1, environment, region, asAsked: isAsAsked(services), services }, null, 2)}\n`;
}

function textOf(environment: string, region: string, services: readonly ServiceStatus[]): string {
  if (services.length === 0) return `no service is deployed in ${environment} (${region})\n`;
  return `${environment} in ${region}\n${renderStatus(services, { color: wantsColor(process.stdout) })}`;
}
