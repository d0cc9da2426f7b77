/* Which tiers are shown, what graphs are compared with, and folding. Everything of the page is there without it. */
"use strict";

const tiers = [...document.querySelectorAll("details.tier")];
const chooser = document.querySelector(".chooser");
const choices = [...document.querySelectorAll("[data-choose]")];

/** Shows one tier alone, unfolded; all where `tier` is empty. */
function choose(tier) {
  for (const choice of choices) choice.setAttribute("aria-pressed", String(choice.dataset.choose === tier));
  for (const part of tiers) {
    part.hidden = tier !== "" && part.dataset.tier !== tier;
    if (part.dataset.tier === tier) part.open = true;
  }
}

/** A link to a part leads into it: what is folded around it opens, and a tier that is not shown is shown. */
function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  const tier = target.closest("details.tier");
  if (tier && tier.hidden) choose("");
  for (let at = target; at; at = at.parentElement) if (at.localName === "details") at.open = true;
  target.scrollIntoView();
}

const SIGNS = { new: "+", other: "≠" };

/** Marks what differs from another tier. */
function compareWith(select) {
  const graph = select.closest(".graph");
  const [option] = select.selectedOptions;
  graph.querySelector(".difference").textContent = option.dataset.summary;
  for (const part of graph.querySelectorAll("details.component")) {
    const found = [...part.querySelectorAll("g.box")].map((box) => {
      const kind = Object.keys(SIGNS).find((one) => box.dataset[one].split(" ").includes(option.value));
      return mark(box, kind);
    });
    const changed = found.filter(Boolean).length;
    part.querySelector("[data-changed]").textContent = changed === 0 ? "" : `${changed} differ`;
    const link = graph.querySelector(`a[href="#${part.querySelector("[id]").id}"]`);
    mark(link, found.every((kind) => kind === "new") ? "new" : changed > 0 ? "other" : undefined);
  }
}

function mark(box, kind) {
  box.setAttribute("class", `box ${kind ?? ""}`);
  box.querySelector(".sign").textContent = kind ? SIGNS[kind] : "";
  return kind;
}

for (const select of document.querySelectorAll("[data-against]")) {
  select.disabled = false;
  select.addEventListener("change", () => compareWith(select));
}

if (chooser) chooser.hidden = false;
for (const choice of choices) choice.addEventListener("click", () => choose(choice.dataset.choose));
for (const button of document.querySelectorAll("[data-fold]"))
  button.addEventListener("click", () => {
    for (const part of tiers) if (!part.hidden) part.open = button.dataset.fold === "open";
  });
addEventListener("hashchange", reveal);
reveal();
