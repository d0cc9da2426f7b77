/** What a plan costs a month: its resources' items, each at the catalogue's price. Pure. */
import type { UsageConfig } from "../../app/config/types";
import type { PlannedResource } from "../types";
import { catalogue } from "./catalogue";
import { free, isComponent } from "./free";
import { pricers } from "./lines";
import type { Price, ServicePrices } from "./price";
import { mayStop } from "./off-hours";
import { PricedPlan } from "./priced-plan";
import type { MonthlyPrice, PriceItem, PriceLine, UncountedItem, Unpriced } from "./types";

export interface PricingOptions {
  /** Where the resources are. */
  readonly region: string;
  /** By app. */
  readonly usages: Readonly<Record<string, UsageConfig>>;
  /** Prices over the catalogue's own: what was asked of AWS's price list. Default: none. */
  readonly refreshed?: ServicePrices;
}

/**
 * The price of resources. What has no price in the region, or no quantity that could be known, stands in `unpriced`, and is
 * in no sum.
 */
export function monthlyPrice(resources: readonly PlannedResource[], options: PricingOptions): MonthlyPrice {
  const plan = new PricedPlan(resources, options.usages);
  const price = priceOfPlan(plan, options);
  if (!mayStop(plan)) return price;
  const always = priceOfPlan(new PricedPlan(resources, options.usages, false), options);
  const total = ({ lines }: Pick<MonthlyPrice, "lines">) => lines.reduce((all, { usd }) => all + usd, 0);
  const saved = cents(total(always) - total(price));
  return { ...price, ...(saved > 0 && { saved }) };
}

function priceOfPlan(plan: PricedPlan, { region, refreshed = {} }: PricingOptions): Omit<MonthlyPrice, "saved"> {
  const lines: PriceLine[] = [];
  const unpriced: Unpriced[] = [];
  for (const resource of plan.resources) {
    const shared = plan.appOf(resource) === null;
    for (const item of itemsOf(resource, plan)) {
      const known = "key" in item ? priceOf(item.key, region, refreshed) : null;
      if ("key" in item && known) lines.push(lineOf(item, known, resource, shared));
      else unpriced.push({ what: item.what, resource: resource.urn, reason: reasonOf(item, region) });
    }
  }
  return { fixed: sum(lines, "fixed"), usage: sum(lines, "usage"), lines, unpriced };
}

function itemsOf(resource: PlannedResource, plan: PricedPlan): readonly (PriceItem | UncountedItem)[] {
  const { type } = resource;
  const pricer = pricers[type];
  if (pricer) return pricer(resource, plan);
  if (free.has(type) || isComponent(type)) return [];
  return [{ what: type, uncounted: "Spectrum knows no price of this type" }];
}

interface KnownPrice extends Price {
  readonly unit: string;
}

function priceOf(key: string, region: string, refreshed: ServicePrices): KnownPrice | null {
  const service = refreshed[key] ?? catalogue[key];
  const found = service?.prices[region] ?? service?.prices["*"];
  return service && found ? { ...found, unit: service.unit } : null;
}

function lineOf(item: PriceItem, known: KnownPrice, { urn }: PlannedResource, shared: boolean): PriceLine {
  const { what, kind, atMost } = item;
  const quantity = clean(item.quantity);
  return {
    what,
    resource: urn,
    kind,
    quantity,
    unit: known.unit,
    price: known.usd,
    usd: clean(quantity * known.usd),
    source: atMost === undefined ? known.source : `${known.source}; ${atMost}`,
    asOf: known.asOf,
    certain: known.certain && atMost === undefined,
    shared,
  };
}

function reasonOf(item: PriceItem | UncountedItem, region: string): string {
  if ("uncounted" in item) return item.uncounted;
  const regions = Object.keys(catalogue[item.key]?.prices ?? {});
  const known = regions.length > 0 ? `known are those of ${regions.join(" and ")}` : "it is in no list of Spectrum's";
  return `no price of ${item.key} in ${region}: ${known}; \`spectrum prices refresh --region ${region}\` asks AWS's price list`;
}

/** Sums of decimal fractions are not exact; a millionth of a cent is nothing. */
const clean = (value: number): number => Math.round(value * 1e8) / 1e8;

/** Rounded to cents. */
export const cents = (usd: number): number => Math.round(clean(usd) * 100 + 1e-7) / 100;

const sum = (lines: readonly PriceLine[], kind: PriceLine["kind"]): number =>
  cents(lines.reduce((total, line) => (line.kind === kind ? total + line.usd : total), 0));
