/** State machines, what starts them, and what they call. Pure. */
import type { PlannedResource, PlanValue } from "../../types";
import { documentOf, listOf, mapOf } from "../inputs";
import type { PricedPlan } from "../priced-plan";
import type { PriceItem, Pricers } from "../types";

/** GB and seconds that an EXPRESS execution is taken for: the least memory that is billed. */
const EXPRESS = { gb: 64 / 1024, seconds: 1 };

export const workflows: Pricers = {
  "aws:sfn/stateMachine:StateMachine": (machine, plan) => {
    const { executions } = plan.usage(machine);
    if (machine.inputs.type === "EXPRESS")
      return [
        usage("executions", "stepFunctions.express.request", executions),
        usage("their time", "stepFunctions.express.gbHour", (executions * EXPRESS.gb * EXPRESS.seconds) / 3600),
      ];
    return [usage("state transitions", "stepFunctions.standard.transition", executions * transitionsOf(machine))];
  },
  "aws:pipes/pipe:Pipe": (pipe, plan) => [usage("messages by a pipe", "pipes.request", messagesOf(pipe, plan))],
};

const usage = (what: string, key: string, quantity: number): PriceItem => ({ what, kind: "usage", key, quantity });

/** One into each state, and one to the end: a run without retries that goes through all of them. */
function transitionsOf(machine: PlannedResource): number {
  return statesOf(documentOf(machine.inputs.definition)) + 1;
}

function statesOf(machine: PlanValue): number {
  const states = Object.values(mapOf(mapOf(machine).States));
  return states.reduce<number>((count, state) => {
    const { Branches, ItemProcessor } = mapOf(state);
    const inner = [...listOf(Branches), ...listOf(ItemProcessor)];
    return count + 1 + inner.reduce((sum, one) => sum + statesOf(one as PlanValue), 0);
  }, 0);
}

const messagesOf = (pipe: PlannedResource, plan: PricedPlan): number => plan.usage(pipe).messages;
