/** What AWS's price list answers, as prices. Pure. */
import { z } from "zod";
import type { Price } from "../price";
import type { Question } from "./questions";

/** One item of `PriceList`: a document of its own. https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html */
const itemSchema = z.object({
  product: z.object({ sku: z.string(), attributes: z.record(z.string(), z.unknown()) }),
  publicationDate: z.string().optional(),
  terms: z
    .object({
      OnDemand: z
        .record(
          z.string(),
          z.object({
            priceDimensions: z.record(
              z.string(),
              z.object({ beginRange: z.string().optional(), pricePerUnit: z.record(z.string(), z.string()) }),
            ),
          }),
        )
        .optional(),
    })
    .optional(),
});

export type Answer = { readonly price: Price } | { readonly missing: string };

/**
 * The price of the products that the question means: the first step above 0 where it goes by quantity. Where they have several
 * prices, or none, the answer says so: no price is guessed.
 *
 * @param items the documents of `PriceList`
 */
export function answerTo({ usage }: Question, items: readonly string[]): Answer {
  const meant = items.flatMap((text) => {
    const parsed = itemSchema.safeParse(JSON.parse(text));
    const type = parsed.data?.product.attributes.usagetype;
    return parsed.success && typeof type === "string" && usage.test(type) ? [parsed.data] : [];
  });
  const priced = meant.flatMap((item) => {
    const usd = firstStep(item);
    return usd === null ? [] : [{ usd, sku: item.product.sku, date: item.publicationDate?.slice(0, 10) ?? null }];
  });
  const [first] = priced;
  if (!first)
    return { missing: items.length > 0 ? "none of AWS's products is what is meant" : "AWS has no such product there" };
  if (priced.some(({ usd }) => usd !== first.usd))
    return { missing: `AWS has several prices: ${[...new Set(priced.map(({ usd }) => usd))].join(", ")}` };
  return { price: { usd: first.usd, source: `AWS Price List API, SKU ${first.sku}`, asOf: first.date, certain: true } };
}

function firstStep({ terms }: z.output<typeof itemSchema>): number | null {
  const steps = Object.values(terms?.OnDemand ?? {})
    .flatMap(({ priceDimensions }) => Object.values(priceDimensions))
    .map(({ beginRange, pricePerUnit }) => ({ from: Number(beginRange ?? 0), usd: Number(pricePerUnit.USD) }))
    .filter(({ usd }) => Number.isFinite(usd) && usd > 0)
    .sort((a, b) => a.from - b.from);
  return steps[0]?.usd ?? null;
}
