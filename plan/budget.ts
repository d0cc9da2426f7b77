/** Whether a price is within a budget, and what makes it exceed it. Pure. */
import type { Problem } from "../app/finding";
import { totalUsd } from "./compare/added";
import { usdText } from "./prices/render";
import type { Budgets, MonthlyPrice, PriceLine } from "./prices/types";
import { urnName } from "./urn";

/** What is held to a budget. */
export interface Budgeted {
  /** "the environment dev" */
  readonly what: string;
  /** The config key of the budget. */
  readonly key: string;
  /** USD a month. */
  readonly budget: number;
  readonly price: MonthlyPrice;
}

/** What is over its budget, or cannot be held to it, since a price of it is not known. */
export function budgetProblem({ what, key, budget, price }: Budgeted): Problem | null {
  const problem = (message: string): Problem => ({ key, message, location: null });
  if (price.unpriced.length > 0) {
    const unknown = [
      ...new Set(price.unpriced.map((item) => `${item.what} of ${urnName(item.resource)} (${item.reason})`)),
    ];
    return problem(
      `${what} cannot be held to ${usdText(budget)} USD a month, for not all of its price is known: ${unknown.join("; ")}; leave the budget out, or what is unpriced`,
    );
  }
  const total = totalUsd(price);
  if (total <= budget) return null;
  const over = total - budget;
  const lines = exceeding(price.lines, over).map(
    ({ what: billed, resource, usd }) => `${billed} of ${urnName(resource)} ${usdText(usd)}`,
  );
  return problem(
    `${what} costs ${usdText(total)} USD a month (${usdText(price.fixed)} fixed, ${usdText(price.usage)} by use), ${usdText(over)} over its budget of ${usdText(budget)}: ${lines.join("; ")}; raise the budget, make it smaller, or see what else there is: spectrum compare`,
  );
}

/** The fewest lines that are together as much as is too much: the dearest. */
function exceeding(lines: readonly PriceLine[], over: number): readonly PriceLine[] {
  let sum = 0;
  return [...lines]
    .sort((a, b) => b.usd - a.usd)
    .filter(({ usd }) => {
      const needed = sum < over;
      sum += usd;
      return needed;
    });
}

/**
 * Everything of an environment that has a budget: itself, and each app with what it adds.
 *
 * @param added the price that an app adds to the environment
 */
export function budgetProblems(
  environment: string,
  {
    budgets,
    whole,
    added,
  }: { readonly budgets: Budgets; readonly whole: MonthlyPrice; readonly added: (app: string) => MonthlyPrice },
): readonly Problem[] {
  const all: readonly Budgeted[] = [
    ...(budgets.environment === null
      ? []
      : [
          { what: `the environment ${environment}`, key: "spectrum:budget", budget: budgets.environment, price: whole },
        ]),
    ...Object.entries(budgets.apps).map(([app, budget]) => ({
      what: `the app ${app}`,
      key: `spectrum:apps.${app}.budget`,
      budget,
      price: added(app),
    })),
  ];
  return all.flatMap((one) => budgetProblem(one) ?? []);
}
