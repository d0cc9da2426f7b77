/** Settings of all tiers for a test of one of them: the others take anything. */
import { z } from "zod";
import type { TierSettings } from "../../app/config/placement";
import { tierNames } from "../../app/tiers";

export function settingsWith(own: Partial<TierSettings>): TierSettings {
  const loose = z.record(z.string(), z.unknown());
  return { ...Object.fromEntries(tierNames.map((name) => [name, loose])), ...own } as TierSettings;
}
