/** A text of which some parts are known on AWS only. Pure. */

/** What a component fills in: the image of a service as it is pulled, its log group, or an output of a backing service. */
export type Hole = { readonly image: string } | { readonly logGroup: string } | { readonly output: string };

/** Texts and holes in order. */
export type Text = readonly (string | Hole)[];

// private-use characters like those of app/value.ts, which no Compose file holds
const OPEN = "\uE002";
const CLOSE = "\uE003";
const MARK = new RegExp(`${OPEN}(image|logGroup|output):([^${CLOSE}]*)${CLOSE}`, "gu");

/** The text that stands for a hole until `splitHoles`. */
export function holeMark(hole: Hole): string {
  const [[kind, name] = ["", ""]] = Object.entries(hole);
  return `${OPEN}${kind}:${name}${CLOSE}`;
}

/** The text with its marks turned into holes. */
export function splitHoles(text: string): Text {
  const parts: (string | Hole)[] = [];
  let from = 0;
  for (const match of text.matchAll(MARK)) {
    const [mark, kind = "", name = ""] = match;
    parts.push(text.slice(from, match.index), { [kind]: name } as unknown as Hole);
    from = match.index + mark.length;
  }
  parts.push(text.slice(from));
  return parts.filter((part) => part !== "");
}

/** The outputs that the text needs, each once. */
export function outputHoles(text: Text): readonly string[] {
  return [...new Set(text.flatMap((part) => (typeof part === "object" && "output" in part ? [part.output] : [])))];
}

/** The text with each hole as the function says. */
export function fillHoles(text: Text, fill: (hole: Hole) => string): string {
  return text.map((part) => (typeof part === "string" ? part : fill(part))).join("");
}
