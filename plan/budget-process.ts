/** The process that `stacks/budget.ts` starts: plans what it is told on its standard input, and answers what is over its budget. */
import { text } from "node:stream/consumers";
import type { BudgetAnswer, BudgetQuestion } from "../stacks/budget";
import { planStack } from "./plan";

async function main(): Promise<void> {
  // stdout holds the answer alone: what libraries say goes to stderr
  console.log = console.info = console.debug = console.error;
  const { root, project, config, shellEnv } = JSON.parse(await text(process.stdin)) as BudgetQuestion;
  const { errors } = await planStack(
    root,
    { ...config, project, secretKeys: new Set(config.secretKeys), locate: () => null },
    shellEnv ? { shellEnv } : {},
  );
  const answer: BudgetAnswer = { problems: errors };
  process.stdout.write(JSON.stringify(answer), () => process.exit(0));
}

void main();
