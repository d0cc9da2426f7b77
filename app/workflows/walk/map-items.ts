/** The items of a Map: where they come from, what each one's processor gets, what becomes of the results. */
import { StatesError } from "./failure";
import type { Entered } from "./flow";
import { evaluateTemplate } from "./jsonata";
import { fill, fillOr, select } from "./jsonpath";
import type { MockTaker } from "../mocks";
import { partitionOf, type Scope } from "./scope";
import { isJsonList, isJsonMap, type Json, type JsonMap } from "../source";
import type { MapState } from "../states";

interface Item {
  /** What the processor gets. */
  readonly value: Json;
  /** `Map` of the context inside. */
  readonly context: JsonMap;
}

/** The items, batched where an ItemBatcher says so. `inContext`: the scope of one item. */
export async function itemsOf(
  state: MapState,
  into: Entered,
  scope: Scope,
  inContext: (map: JsonMap) => Scope,
  mocks: MockTaker,
): Promise<readonly Item[]> {
  const { ItemSelector, Parameters, ItemBatcher } = state.fields;
  const selector = ItemSelector ?? Parameters;
  const items: Item[] = [];
  for (const [Index, Value] of listOf(state, await sourceOf(state, into, scope, mocks)).entries()) {
    const context: JsonMap = { Item: { Index, Value } };
    const inner = inContext(context);
    let value = Value;
    if (selector !== undefined)
      value =
        state.language === "JSONPath"
          ? fill(selector, into.value, inner)
          : await evaluateTemplate(selector, { input: into.raw }, inner);
    items.push({ value, context });
  }
  if (!isJsonMap(ItemBatcher)) return items;
  const size = ItemBatcher.MaxItemsPerBatch;
  const BatchInput = await batchInput(state, ItemBatcher.BatchInput, into, scope);
  const batches = typeof size === "number" && size > 0 ? partitionOf(items, size) : [items];
  return batches.map((batch, Index) => {
    const value = { Items: batch.map((item) => item.value), ...(BatchInput !== undefined && { BatchInput }) };
    return { value, context: { Item: { Index, Value: value } } };
  });
}

async function batchInput(
  state: MapState,
  template: Json | undefined,
  into: Entered,
  scope: Scope,
): Promise<Json | undefined> {
  if (template === undefined) return undefined;
  return state.language === "JSONPath"
    ? fill(template, into.value, scope)
    : evaluateTemplate(template, { input: into.raw }, scope);
}

/** What the definition takes the items from: a mock stands in for an ItemReader. */
async function sourceOf(state: MapState, into: Entered, scope: Scope, mocks: MockTaker): Promise<Json> {
  const { Items, ItemsPath, ItemReader } = state.fields;
  if (ItemReader !== undefined) {
    const read = mocks.items(state.name);
    if (read === undefined)
      throw new StatesError(
        "States.ItemReaderFailed",
        `nothing stands in for the ItemReader of '${state.name}': give its items as a mock`,
      );
    return read;
  }
  if (state.language === "JSONPath")
    return typeof ItemsPath === "string"
      ? select(ItemsPath, into.value, scope, "States.Runtime", "ItemsPath")
      : into.value;
  return Items === undefined ? into.raw : evaluateTemplate(Items, { input: into.raw }, scope);
}

function listOf(state: MapState, items: Json): readonly Json[] {
  if (isJsonList(items)) return items;
  if (isJsonMap(items) && (state.distributed || state.language === "JSONata"))
    return Object.entries(items).map(([Key, Value]) => ({ Key, Value }));
  const error = state.language === "JSONata" ? "States.QueryEvaluationError" : "States.Runtime";
  throw new StatesError(error, `the items of '${state.name}' are ${JSON.stringify(items)}, a list is asked for`);
}

/** The outputs; where a ResultWriter takes them to S3, what AWS gives in their place. */
export async function writtenResult(
  state: MapState,
  into: Entered,
  outputs: readonly Json[],
  scope: Scope,
): Promise<Json> {
  const { ResultWriter } = state.fields;
  if (!isJsonMap(ResultWriter)) return outputs;
  const target =
    state.language === "JSONPath"
      ? fillOr(ResultWriter.Parameters, into.value, scope)
      : await evaluateTemplate(ResultWriter.Arguments ?? {}, { input: into.raw }, scope);
  const { Bucket = "", Prefix = "" } = isJsonMap(target) ? target : {};
  return {
    MapRunArn: "arn:aws:states:us-east-1:123456789012:mapRun:local/local:local",
    ResultWriterDetails: { Bucket, Key: `${typeof Prefix === "string" ? Prefix : ""}/local/manifest.json` },
  };
}
