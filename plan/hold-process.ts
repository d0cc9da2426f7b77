/** The process that `stacks/hold-plan.ts` starts: plans what it is told on its standard input, and answers what the plan fails for. */
import { text } from "node:stream/consumers";
import type { PlanAnswer, PlanQuestion } from "../stacks/hold-plan";
import { planStack } from "./plan";

async function main(): Promise<void> {
  // stdout holds the answer alone: what libraries say goes to stderr
  console.log = console.info = console.debug = console.error;
  const { root, project, config, shellEnv } = JSON.parse(await text(process.stdin)) as PlanQuestion;
  const { errors } = await planStack(
    root,
    { ...config, project, secretKeys: new Set(config.secretKeys), locate: () => null },
    shellEnv ? { shellEnv } : {},
  );
  const answer: PlanAnswer = { problems: errors };
  process.stdout.write(JSON.stringify(answer), () => process.exit(0));
}

void main();
