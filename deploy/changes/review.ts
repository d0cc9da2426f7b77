/** What a user looks at before a deployment: what the tier makes of the apps, the price, the policy, and what changes. */
import { addedPrice, NOTHING } from "../../plan/compare/added";
import { refreshedPrices } from "../../plan/prices/refreshed";
import type { MonthlyPrice } from "../../plan/prices/types";
import type { Plan } from "../../plan/types";
import type { EnvironmentStack, Operation, OperationOptions, PendingOperation, StackState } from "../engine";
import { type Described, describeChanges } from "./describe";
import { protectionErrors } from "./protection";
import { statePrice } from "./state-price";

export interface Review {
  /** `null` for what plans nothing: a destroy. */
  readonly plan: Plan | null;
  /** Pulumi's own preview. */
  readonly preview: Operation;
  readonly changes: Described;
  readonly price: PriceChange | null;
  /** What a deployment that was cut off has left open. */
  readonly pending: readonly PendingOperation[];
}

/** USD a month: `now` of what is deployed, `then` of what would be. */
export interface PriceChange {
  readonly region: string;
  readonly now: MonthlyPrice;
  readonly then: MonthlyPrice;
  /** `then` less `now`, line by line. */
  readonly added: MonthlyPrice;
}

const EMPTY: StackState = { resources: [], pending: [] };

/** What `up` would do. The plan has no errors. */
export async function reviewUp(
  stack: EnvironmentStack,
  plan: Plan,
  options: OperationOptions & { readonly refresh?: boolean },
): Promise<Review> {
  const state = stack.isNew ? EMPTY : await stack.exportState();
  return reviewOf(plan, state, worded(await stack.preview(options)), priceChange(stack.root, state, plan));
}

/** What `destroy` would do. @param region where the stack is */
export async function reviewDestroy(
  stack: EnvironmentStack,
  region: string,
  options: OperationOptions,
): Promise<Review> {
  const state = await stack.exportState();
  const now = statePrice(state, { region, usages: {}, refreshed: refreshedPrices(stack.root, region) });
  const price = { region, now, then: NOTHING, added: addedPrice(NOTHING, now) };
  return reviewOf(null, state, worded(await stack.previewDestroy(options)), price);
}

function reviewOf(plan: Plan | null, state: StackState, preview: Operation, price: PriceChange | null): Review {
  return { plan, preview, changes: describeChanges(preview.steps), price, pending: state.pending };
}

const worded = (preview: Operation): Operation => ({ ...preview, errors: protectionErrors(preview.errors) });

function priceChange(root: string, state: StackState, { prices }: Plan): PriceChange | null {
  if (!prices) return null;
  const { region, assumptions } = prices;
  const now = statePrice(state, { region, usages: assumptions, refreshed: refreshedPrices(root, region) });
  return { region, now, then: prices, added: addedPrice(prices, now) };
}
