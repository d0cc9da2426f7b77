/* Which tiers are shown, and folding. Everything of the page is there without it. */
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

if (chooser) chooser.hidden = false;
for (const choice of choices) choice.addEventListener("click", () => choose(choice.dataset.choose));
for (const button of document.querySelectorAll("[data-fold]"))
  button.addEventListener("click", () => {
    for (const part of tiers) if (!part.hidden) part.open = button.dataset.fold === "open";
  });
addEventListener("hashchange", reveal);
reveal();
