/** The prices that `spectrum prices refresh` asked of AWS's price list: a file for each region, in the project's folder. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { InputError } from "../../app/finding";
import type { ServicePrices } from "./price";

/** Relative to the project's folder. */
export const priceFile = (region: string): string => join(".spectrum", "prices", `${region}.json`);

const priceSchema = z.strictObject({
  usd: z.number().min(0),
  source: z.string(),
  asOf: z.string().nullable(),
  certain: z.boolean(),
});
const fileSchema = z.strictObject({
  version: z.literal(1),
  region: z.string(),
  prices: z.record(z.string(), z.strictObject({ unit: z.string(), prices: z.record(z.string(), priceSchema) })),
});

export type PriceFile = z.output<typeof fileSchema>;

/** Those of the region; none where nobody refreshed them. Throws `InputError` where the file is no such file. */
export function refreshedPrices(root: string, region: string): ServicePrices {
  const shown = priceFile(region);
  const path = join(root, shown);
  if (!existsSync(path)) return {};
  const parsed = fileSchema.safeParse(parse(readFileSync(path, "utf8")));
  if (parsed.success) return parsed.data.prices;
  const message = `holds no prices that Spectrum can read; delete it, or make it anew: spectrum prices refresh --region ${region}`;
  throw new InputError([{ message, location: { file: shown, line: 1, column: 1 } }]);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
