/** `spectrum workflow show` and `spectrum workflow run`. */
import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { createColors } from "picocolors";
import { readWorkflows } from "../app/config/read";
import { InputError, type Problem } from "../app/finding";
import {
  asProblem,
  drawSvg,
  drawText,
  drawTrace,
  type Json,
  type Paint,
  readMocks,
  run,
  type WorkflowType,
} from "../app/workflows";
import { suggestion } from "../app/compose/problems";
import { showProblem } from "../plan/places";
import { readStackConfig } from "../plan/stack-config";
import { type CheckedWorkflow, readSource, readWorkflow } from "../stacks/workflows";
import { fromCaller } from "./caller";
import { writeText } from "./files";
import { EXIT, finish, problemLines, wantsColor } from "./output";
import { telling } from "./telling";

export interface ShowArguments {
  readonly env: string;
  readonly svg?: string;
}

export interface RunArguments {
  readonly env: string;
  readonly mock: string;
  readonly input?: string;
  readonly json?: true;
}

export function show(name: string, { env, svg }: ShowArguments): Promise<void> {
  return telling(false, () => {
    const { title, definition, warnings } = find(name, env);
    if (svg !== undefined) writeText(svg, drawSvg(definition, title));
    const said = svg === undefined ? drawText(definition, paint()) : `${svg} shows the workflow ${title}\n`;
    finish({ stdout: said, stderr: warningLines(warnings), code: EXIT.done });
  });
}

export function runLocally(name: string, { env, mock, input, json }: RunArguments): Promise<void> {
  return telling(json === true, async () => {
    const { definition, warnings } = find(name, env);
    const mocks = readMocks(readSource(fromCaller(mock)), definition);
    const given = input === undefined ? {} : { input: readInput(input) };
    const result = await run(definition, { mocks, ...given });
    finish({
      stdout: json ? `${JSON.stringify(result, null, 2)}\n` : drawTrace(result, paint()),
      stderr: warningLines(warnings),
      code: result.status === "SUCCEEDED" ? EXIT.done : EXIT.failed,
    });
  });
}

type Found = CheckedWorkflow & { readonly title: string };

/** A key of the stack's `spectrum:workflows`, or a path. */
function find(name: string, env: string): Found {
  const path = fromCaller(name);
  if (/[/\\.]/u.test(name) || existsSync(path)) return { title: titleOf(name), ...readWorkflow(path) };
  const root = process.cwd();
  const workflows = readWorkflows(readStackConfig(root, env));
  const workflow = Object.hasOwn(workflows, name) ? workflows[name] : undefined;
  if (workflow === undefined) {
    const there = suggestion(name, Object.keys(workflows));
    const message = `the environment ${env} has no workflow ${name}${there}; name one, or give a file's path`;
    throw new InputError([{ message, location: null, key: "spectrum:workflows" }]);
  }
  const type: WorkflowType = workflow.type;
  return { title: name, ...readWorkflow(resolve(root, workflow.definition), { type }) };
}

const titleOf = (path: string): string => basename(path).replace(/(?:\.asl)?\.(?:ya?ml|json)$/u, "");

/** JSON, or the path of a file with it. */
function readInput(input: string): Json {
  try {
    return JSON.parse(input) as Json;
  } catch {
    if (/^\s*[{["]/u.test(input))
      throw new InputError([{ message: `--input is not valid JSON: ${input}`, location: null }]);
    return readSource(fromCaller(input)).value;
  }
}

const shown = (problem: Problem): Problem => showProblem(problem, process.cwd());
const warningLines = (warnings: CheckedWorkflow["warnings"]): string =>
  problemLines(
    warnings.map((warning) => shown(asProblem(warning))),
    "warning",
  );

function paint(): Paint {
  const { bold, dim, red } = createColors(wantsColor(process.stdout));
  return { name: bold, dim, bad: red };
}
