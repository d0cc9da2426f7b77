/** A text of which some parts are known on AWS only. Pure. */

/** What a component fills in: the image of a service as it is pulled, or the log group of a service. */
export type Hole = { readonly image: string } | { readonly logGroup: string };

/** Texts and holes in order. */
export type Text = readonly (string | Hole)[];

// private-use characters like those of app/value.ts, which no Compose file holds
const OPEN = "\uE002";
const CLOSE = "\uE003";
const MARK = new RegExp(`${OPEN}(image|logGroup):([^${CLOSE}]*)${CLOSE}`, "gu");

/** The text that stands for a hole until `splitHoles`. */
export function holeMark(hole: Hole): string {
  return "image" in hole ? `${OPEN}image:${hole.image}${CLOSE}` : `${OPEN}logGroup:${hole.logGroup}${CLOSE}`;
}

/** The text with its marks turned into holes. */
export function splitHoles(text: string): Text {
  const parts: (string | Hole)[] = [];
  let from = 0;
  for (const match of text.matchAll(MARK)) {
    const [mark, kind, name = ""] = match;
    parts.push(text.slice(from, match.index), kind === "image" ? { image: name } : { logGroup: name });
    from = match.index + mark.length;
  }
  parts.push(text.slice(from));
  return parts.filter((part) => part !== "");
}

/** The text with each hole as the function says. */
export function fillHoles(text: Text, fill: (hole: Hole) => string): string {
  return text.map((part) => (typeof part === "string" ? part : fill(part))).join("");
}
