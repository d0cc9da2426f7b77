/** Asks AWS's price list for a region's prices, and keeps them beside the project. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { GetProductsCommand, PricingClient } from "@aws-sdk/client-pricing";
import { stableJson } from "../../json";
import { catalogue } from "../catalogue";
import type { Price } from "../price";
import { priceFile, type PriceFile } from "../refreshed";
import { answerTo } from "./answers";
import { type Question, questions } from "./questions";

export interface RefreshOptions {
  /** The project's folder. */
  readonly root: string;
  readonly region: string;
  readonly onProgress?: (done: number, all: number) => void;
}

export interface Refreshed {
  /** The file that was written, relative to the project's folder. */
  readonly file: string;
  readonly found: number;
  /** What AWS's list did not say, with the reason, by key. */
  readonly missing: Readonly<Record<string, string>>;
}

/** The price list is answered from few regions, and has the prices of all. */
const ENDPOINT_REGION = "us-east-1";
/** Questions at a time: the list is throttled. */
const AT_ONCE = 4;
const MOST_PAGES = 20;

/** Throws what the SDK throws: no credentials, no network, no right to `pricing:GetProducts`. Nothing is written then. */
export async function refreshPrices({ root, region, onProgress }: RefreshOptions): Promise<Refreshed> {
  const client = new PricingClient({ region: ENDPOINT_REGION });
  const found: Record<string, Price> = {};
  const missing: Record<string, string> = {};
  const open = [...questions];
  let done = 0;
  const ask = async (): Promise<void> => {
    for (let question = open.shift(); question; question = open.shift()) {
      const answer = answerTo(question, await products(client, question, region));
      if ("price" in answer) found[question.key] = answer.price;
      else missing[question.key] = answer.missing;
      onProgress?.(++done, questions.length);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, ask));
  } finally {
    client.destroy();
  }
  const file: PriceFile = {
    version: 1,
    region,
    prices: Object.fromEntries(
      Object.entries(found).map(([key, price]) => [
        key,
        { unit: catalogue[key]?.unit ?? "", prices: { [region]: price } },
      ]),
    ),
  };
  const path = join(root, priceFile(region));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, stableJson(file));
  return { file: priceFile(region), found: Object.keys(found).length, missing };
}

/** Of the SDK's output what is read; the documents are strings that know their JSON. */
interface ProductsPage {
  readonly PriceList?: readonly { toString(): string }[];
  readonly NextToken?: string;
}

async function products(
  client: PricingClient,
  { serviceCode, filters }: Question,
  region: string,
): Promise<readonly string[]> {
  const items: string[] = [];
  let next: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { PriceList = [], NextToken } = (await client.send(
      new GetProductsCommand({
        ServiceCode: serviceCode,
        Filters: Object.entries({ regionCode: region, ...filters }).map(([Field, Value]) => ({
          Type: "TERM_MATCH",
          Field,
          Value,
        })),
        ...(next !== undefined && { NextToken: next }),
      }),
    )) as ProductsPage;
    items.push(...PriceList.map((item) => item.toString()));
    next = NextToken;
    if (next === undefined || next === "") break;
  }
  return items;
}
