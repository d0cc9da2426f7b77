/**
 * The tables of docs/signals.md, from what the signals and the tiers say of themselves, between marks. Run as a program (`npm
 * run fix:signals`), it writes them anew.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { isMeasured, type Measure } from "../../app/signals/measure";
import { type ServiceSignal, serviceSignals, signalNames, signals } from "../../app/signals/signals";
import { tierNames, type TierName } from "../../app/tiers";
import { tiers } from "../../components/tiers";
import { appOf, environmentOf, placementOf, port, service } from "./app";
import { readText, root } from "./project";

export const PAGE = "docs/signals.md";

const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");

/** What each service signal of a published web server is measured by. */
function measuresOn(tier: TierName, insights: "off" | "on"): Readonly<Record<ServiceSignal, Measure>> {
  const app = appOf([service("web", { restart: "always", ports: [port(80, { appProtocol: "http" })] })]);
  const base = environmentOf();
  const settings = tiers[tier].settings.parse(tier === "beanstalk" ? { type: "load-balanced" } : {});
  const environment = { ...base, platform: { ...base.platform, insights } };
  const own = tiers[tier].signals(app, placementOf(app, { tier, environment, settings })).web;
  if (!own) throw new Error(`${tier} says nothing of the signals of a web server`);
  return own;
}

const metricsOf = (measure: Measure): string | null =>
  isMeasured(measure) ? [...new Set(measure.metrics.map(({ name }) => `\`${name}\``))].join(", ") : null;

function defaults(): string {
  return table(
    ["signal", "is", "unit", "alarm above", "for", "why", "rolls a deployment back"],
    signalNames.map((name) => {
      const { title, unit, alarm, rollsBack } = signals[name];
      const when = alarm
        ? [String(alarm.above), `${alarm.minutes} minutes`, alarm.why]
        : ["-", "-", "no number is right for every app"];
      return [`\`${name}\``, title, unit, ...when, rollsBack ? "yes" : ""];
    }),
  );
}

function metrics(): string {
  return table(
    ["", ...tierNames.map((tier) => `\`${tier}\``)],
    serviceSignals.map((name) => [
      `\`${name}\``,
      ...tierNames.map((tier) => {
        const plain = metricsOf(measuresOn(tier, "off")[name]);
        const more = metricsOf(measuresOn(tier, "on")[name]);
        return plain ?? (more === null ? "none" : `with insights: ${more}`);
      }),
    ]),
  );
}

/** Of each tier the signals that it has not, insights or not, by the reason. */
function missing(): string {
  const rows = tierNames.flatMap((tier) => {
    const reasons = new Map<string, { readonly names: string[]; readonly remedy: string }>();
    for (const [name, measure] of Object.entries(measuresOn(tier, "on"))) {
      if (isMeasured(measure)) continue;
      const known = reasons.get(measure.missing);
      if (known) known.names.push(name);
      else reasons.set(measure.missing, { names: [name], remedy: measure.remedy });
    }
    return [...reasons].map(([why, { names, remedy }]) => [
      `\`${tier}\``,
      names.map((name) => `\`${name}\``).join(", "),
      why,
      remedy,
    ]);
  });
  return table(["tier", "has no", "for", "what to do"], rows);
}

/** The page with its tables as they are now. */
export async function pageNow(): Promise<string> {
  const parts = { defaults: defaults(), metrics: metrics(), missing: missing() };
  const text = Object.entries(parts).reduce((page, [name, written]) => {
    const marked = new RegExp(`(<!-- ${name}:begin -->\n)[^]*?(<!-- ${name}:end -->)`, "u");
    if (!marked.test(page)) throw new Error(`${PAGE} has no marks for ${name}`);
    return page.replace(marked, (_, begin: string, end: string) => `${begin}\n${written}\n\n${end}`);
  }, readText(PAGE));
  return format(text, { parser: "markdown", ...(JSON.parse(readText(".prettierrc.json")) as object) });
}

if (require.main === module) void pageNow().then((text) => writeFileSync(join(root, PAGE), text));
