/** The apps' signals: opened before an app is hosted, finished when its workflows are made. */
import * as pulumi from "@pulumi/pulumi";
import { isAnythingMeasured } from "../app/signals/findings";
import type { AppEntry } from "../components/platform/entry";
import type { Platform } from "../components/platform/platform";
import { Signals } from "../components/signals/signals";
import { tiers } from "../components/tiers";
import type { ReadApp } from "./apps";
import type { BuiltApp, BuiltWorkflow } from "./build-workflows";
import type { SecretValues } from "./config";

/** `null` where the app has none, or its tier has nothing to look at: a dashboard without a graph would be paid for nothing. */
export function openSignals(
  { app, placement, backing }: ReadApp,
  { entry, secrets }: { readonly entry: AppEntry; readonly secrets: SecretValues },
  opts: pulumi.ComponentResourceOptions,
): Signals | null {
  const config = placement.signals;
  if (config === null) return null;
  const measures = tiers[placement.tier].signals(app, placement);
  if (!isAnythingMeasured({ measures, backing })) return null;
  const webhook = (secret: string) => secrets(config.secretsOf, [secret])[secret] ?? pulumi.secret("");
  return new Signals(app.name, { placement, config, measures, backing, entry, webhook }, opts);
}

export function finishSignals(
  platform: Platform,
  apps: readonly BuiltApp[],
  workflows: readonly BuiltWorkflow[],
): void {
  for (const { read, hosted, backing, entry, signals } of apps) {
    const own = workflows.filter((workflow) => workflow.apps.includes(read.app.name));
    signals?.finish({ entry, platform, hosted, backing }, own);
  }
}
