/** One tier's own part of the report: what stands in the way, what it changes, what it costs, who does it, what is made. Pure. */
import { formatProblem, type Finding } from "../../app/finding";
import type { TierName } from "../../app/tiers";
import { totalUsd } from "../compare/added";
import { mark, WHO } from "../compare/render";
import type { ComparedTier } from "../compare/types";
import { groupLines, type LineGroup, namesText, sumText, usdText } from "../prices/render";
import type { MonthlyPrice } from "../prices/types";
import { urnName } from "../urn";
import { bar, barLegend } from "./charts";
import { html, link, type Markup } from "./html";
import { tierId } from "./overview";
import { table } from "./table";

/** `graph`: what is drawn of its resources; `null` where there is no plan. `open`: whether it is unfolded at first. */
export function tierPart(row: ComparedTier, graph: Markup | null, open: boolean): Markup {
  const { tier, title, fits, monthlyUsd, refused } = row;
  const price = monthlyUsd ? `${mark(row)}${usdText(totalUsd(monthlyUsd.alone))} USD a month` : "";
  const state = fits ? price : refused > 0 ? `does not fit: ${refused} refused` : "does not fit";
  return html`<details class="tier" id="${tierId(tier)}" data-tier="${tier}" ${open ? html` open` : null}>
    <summary>
      <h3>${title}</h3>
      <code>${tier}</code> <span class="state${fits ? "" : " bad"}">${state}</span>
    </summary>
    ${inTheWay(row)}${moveTable(row)}${findingsPart(row)}${monthlyUsd ? pricePart(tier, monthlyUsd.alone) : null}${howPart(row)}
    ${
      graph === null
        ? null
        : html`<h4>Resources</h4>
            ${graph}`
    }
  </details> `;
}

/** A conflict with other apps is no refusal, and has its own words. */
function inTheWay({ reasons, refused }: ComparedTier): Markup | null {
  if (reasons.length === 0 || refused > 0) return null;
  return html`<h4>In the way</h4>
    <ul>
      ${reasons.map((problem) => html`<li>${formatProblem(problem)}</li>`)}
    </ul>`;
}

const STEPS: Readonly<Record<ComparedTier["move"]["steps"][number]["kind"], string>> = {
  refusal: "to resolve or accept",
  loss: "lost, and accepted",
  data: "stays behind",
  address: "changes",
};

/** What it takes beside what the findings say themselves. */
function moveTable({ tier, move }: ComparedTier): Markup | null {
  const { from, made, deleted, kept } = move;
  if (from === null || from === tier) return null;
  const steps = move.steps.filter(({ kind }) => kind === "data" || kind === "address");
  const rows = [...new Map(steps.map((step) => [JSON.stringify(step), step])).values()].map(
    ({ kind, what, remedy }) => ({ cells: [what, STEPS[kind], remedy] }),
  );
  const counts = `${made} resources are made, ${deleted} deleted and ${kept} kept`;
  return html`<h4>To move here from <code>${from}</code></h4>
    <p>${counts}.</p>
    ${
      rows.length === 0
        ? null
        : table(
            `To move from ${from} to ${tier}`,
            ["What", "What happens", "What to do"].map((head) => ({ head })),
            rows,
          )
    }`;
}

/** Refused first, then what was accepted, then what changes; what is kept is folded. */
function findingsPart({ tier, findings }: ComparedTier): Markup {
  const told = [
    ...findings.filter(({ outcome, accepted }) => outcome === "refused" && !accepted),
    ...findings.filter(({ accepted }) => accepted),
    ...findings.filter(({ outcome }) => outcome === "changed"),
  ];
  const kept = findings.filter(({ outcome }) => outcome === "kept");
  const columns = ["Key", "Outcome", "Why", "What to do"].map((head) => ({ head }));
  const rows = told.map((finding) => ({
    cells: [keyCell(finding), outcomeBadge(finding), finding.reason, finding.accepted ? "accepted" : finding.remedy],
  }));
  return html`<h4>What it makes of the file</h4>
    ${rows.length === 0 ? html`<p>Everything works as it is written.</p>` : table(`Findings on ${tier}`, columns, rows)}
    ${
      kept.length === 0
        ? null
        : html`<details class="kept">
            <summary>
              ${kept.length === 1 ? "1 key works as it is" : `${kept.length} keys work as they are`} written
            </summary>
            <ul class="keys">
              ${kept.map((finding) => html`<li><code>${nameOf(finding)}</code> ${finding.reason}</li>`)}
            </ul>
          </details>`
    } `;
}

const nameOf = ({ service, key }: Finding): string => (service === null ? key : `${service}.${key}`);

function keyCell(finding: Finding): Markup {
  const { location } = finding;
  const place = location ? `${location.file}:${location.line}:${location.column}` : "";
  return html`<code>${nameOf(finding)}</code>${place === "" ? null : html`<br /><span class="place">${place}</span>`}`;
}

function outcomeBadge({ outcome, accepted }: Finding): Markup {
  if (accepted) return html`<span class="badge warn">! accepted</span>`;
  return outcome === "refused"
    ? html`<span class="badge bad">✕ refused</span>`
    : html`<span class="badge">≠ changed</span>`;
}

/** Each line with its bar; the dearest first. */
function pricePart(tier: TierName, { fixed, usage, lines, unpriced, saved }: MonthlyPrice): Markup {
  const groups = (["fixed", "usage"] as const).flatMap((kind) =>
    groupLines(lines, kind).map((group) => ({ kind, group })),
  );
  const most = Math.max(0, ...groups.map(({ group }) => group.usd));
  const columns = [
    { head: "What" },
    { head: html`<span class="hidden">Bar</span>` },
    { head: "USD a month", number: true },
    { head: "Reckoned" },
    { head: "Source" },
  ] as const;
  const rows = groups.map(({ kind, group }) => ({
    cells: [
      html`${group.what} <span class="place">${namesText(group.lines)}</span>`,
      bar([{ kind, value: group.usd }], most),
      html`${group.certain ? "" : "~"}${usdText(group.usd)}`,
      sumText(group),
      sourcesOf(group),
    ],
  }));
  return html`<h4>What it costs</h4>
    <p>
      ${usdText(fixed)} USD a month fixed, ${usdText(usage)} by
      use.${saved === undefined ? null : ` Off hours save ${usdText(saved)} of it.`}
    </p>
    ${barLegend()} ${table(`The price by line on ${tier}`, columns, rows)}
    ${unpriced.map(
      ({ what, resource, reason }) =>
        html`<p class="note"><strong>unpriced</strong> ${what} of ${urnName(resource)}: ${reason}</p>`,
    )}${groups.some(({ group }) => !group.certain) ? html`<p class="note">~ the price is not certain</p>` : null}`;
}

/** Where the prices were read, and of when they are. */
function sourcesOf({ lines }: LineGroup): Markup {
  const sources = [...new Map(lines.map(({ source, asOf }) => [source, asOf])).entries()];
  return html`<span class="source"
    >${sources.map(([source, asOf], i) => [
      i === 0 ? "" : "; ",
      link(source, source.replace(/^https:\/\//u, "")),
      asOf === null ? "" : `, ${asOf}`,
    ])}</span
  >`;
}

function howPart({ tier, responsibilities }: ComparedTier): Markup {
  const rows = responsibilities.map(({ what, who, how, source }) => ({
    cells: [what, html`<span class="who ${who}">${WHO[who]}</span>`, html`${how} (${link(source, "source")})`],
  }));
  const columns = ["What", "Who", "How"].map((head) => ({ head }));
  return html`<details class="how">
    <summary>Who does what, and how</summary>
    ${table(`Who does what on ${tier}`, columns, rows)}
  </details> `;
}
