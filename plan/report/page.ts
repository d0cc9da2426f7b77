/** The report: one page of HTML with all that it needs inside. docs/report.md. Pure. */
import { createHash } from "node:crypto";
import { formatProblem } from "../../app/finding";
import { totalUsd } from "../compare/added";
import { mark } from "../compare/render";
import type { Comparison } from "../compare/types";
import { assumptionTexts, usdText } from "../prices/render";
import { SCRIPT, STYLES } from "./assets";
import { inputsOf } from "./graph";
import { graphPart, type TierInputs } from "./graph-part";
import { html, type Markup, trusted } from "./html";
import { cheapestOf, comparisonTable, growthTable, priceChart, responsibilitiesTable, tierLink } from "./overview";
import { sweepPart } from "./sweep";
import { tierPart } from "./tier";
import { type NamedWorkflow, workflowsPart } from "./workflows";

/**
 * The page's text, from its doctype on. The same comparison gives the same bytes.
 *
 * @param workflows those that are drawn; none by default
 */
export function reportPage(comparison: Comparison, workflows: readonly NamedWorkflow[] = []): string {
  const { app, from, tiers, warnings } = comparison;
  const made: TierInputs = tiers
    .filter(({ planned }) => planned.length > 0)
    .map(({ tier, planned }) => ({ tier, inputs: inputsOf(planned) }));
  const parts: readonly (Part | null)[] = [
    { id: "compare", title: "All tiers side by side", content: comparisonTable(comparison) },
    { id: "price", title: "What it costs a month", content: html`${priceChart(comparison)}${assumed(comparison)}` },
    comparison.sweep
      ? { id: "sweep", title: "What it costs over a range", content: sweepPart(comparison.sweep) }
      : null,
    { id: "who", title: "Who does what", content: responsibilitiesTable(comparison) },
    { id: "growth", title: "How it grows", content: growthTable(comparison) },
    {
      id: "tiers",
      title: "Tier by tier",
      content: html`${chooser(comparison)}${tiers.map((row, i) => tierPart(row, graphPart(row, made, from), i === 0))}`,
    },
    workflows.length === 0 ? null : { id: "workflows", title: "Its workflows", content: workflowsPart(workflows) },
    warnings.length === 0
      ? null
      : {
          id: "warnings",
          title: "Worth a look",
          content: html`<ul>
            ${warnings.map((problem) => html`<li>${formatProblem(problem)}</li>`)}
          </ul>`,
        },
  ];
  const shown = parts.filter((part) => part !== null);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="color-scheme" content="light dark" />
        <title>${app}: the tiers of AWS side by side</title>
        ${trusted(`<style>${STYLES}</style>`)}
      </head>
      <body>
        <a class="skip" href="#main">To the comparison</a>
        <header>
          <h1>${app}</h1>
          <p class="about">${about(comparison)}</p>
          ${verdict(comparison)}
          <nav aria-label="Parts of this page">
            <ul>
              ${shown.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
            </ul>
          </nav>
        </header>
        <main id="main">
          ${shown.map(
            ({ id, title, content }) =>
              html`<section id="${id}">
                <h2>${title}</h2>
                ${content}
              </section> `,
          )}
        </main>
        <footer>
          <p>Made by Spectrum from plans alone: nothing was deployed. List prices, months of 730 hours, no taxes.</p>
        </footer>
        ${trusted(`<script>${SCRIPT}</script>`)}
      </body>
    </html> `.text;
}

interface Part {
  readonly id: string;
  readonly title: string;
  readonly content: Markup;
}

/** Nothing is loaded, and no script runs but the page's own. */
const POLICY = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-${createHash("sha256").update(SCRIPT).digest("base64")}'`;

function about({ environment, region, from, tiers }: Comparison): Markup {
  const now = from === null ? "" : ` It runs on ${from} now.`;
  const fit = tiers.filter(({ fits }) => fits).length;
  return html`In ${region}, environment ${environment}. It fits on ${fit} of ${tiers.length} tiers as it is.${now}`;
}

function verdict(comparison: Comparison): Markup {
  const row = cheapestOf(comparison);
  if (row === null)
    return html`<p class="verdict">No tier takes it as it is; each says below what stands in the way.</p>`;
  if (!row.monthlyUsd) return html``;
  const { alone, added } = row.monthlyUsd;
  const adds = totalUsd(alone) !== totalUsd(added);
  const price = `${mark(row)}${usdText(totalUsd(added))}`;
  return html`<p class="verdict">
    ${adds ? "Adds " : ""}<strong>${price} USD</strong> a month on ${tierLink(row)}, the cheapest that fits.
  </p>`;
}

/** Which tiers are shown; by the script alone, without which all are there. */
function chooser({ tiers }: Comparison): Markup {
  const choice = (tier: string, label: string) =>
    html`<button type="button" data-choose="${tier}" aria-pressed="${tier === "" ? "true" : "false"}">
      ${label}
    </button>`;
  return html`<div class="chooser" role="group" aria-label="Which tiers are shown" hidden>
    ${choice("", "all")}${tiers.map(({ tier }) => choice(tier, tier))}<span class="folding"
      ><button type="button" data-fold="open">unfold</button><button type="button" data-fold="close">fold</button></span
    >
  </div> `;
}

function assumed({ app, assumptions }: Comparison): Markup | null {
  if (!assumptions) return null;
  return html`<p class="note">Assumed: ${assumptionTexts({ [app]: assumptions }).join(" ")}.</p>`;
}
