/** Markup in which every text is escaped: what a user wrote never becomes an element. Pure. */

/** Text that is markup already. Made by `html`, and by `trusted` of what this project wrote itself. */
export class Markup {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

/** What may stand in a template: markup as it is, text escaped, lists one after the other; nothing for `null`. */
export type Part = Markup | string | number | null | readonly Part[];

/** A template of markup: what stands in `${}` is escaped unless it is markup itself. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((text, i) => text + (i < parts.length ? textOf(parts[i] ?? null) : "")).join(""));
}

/** Markup of this project's own, or of what escapes by itself; never a user's text. */
export const trusted = (markup: string): Markup => new Markup(markup);

function textOf(part: Part): string {
  if (part === null) return "";
  if (part instanceof Markup) return part.text;
  if (typeof part === "string" || typeof part === "number") return escapeHtml(String(part));
  return part.map(textOf).join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** For text and for values of attributes in quotes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/gu, (char) => ENTITIES[char] ?? char);

/** A link where the text is an address of the web; the text alone where it is not. */
export function link(address: string, label: string): Markup {
  return /^https:\/\/[^\s"'<>]+$/u.test(address)
    ? html`<a href="${address}" rel="noreferrer">${label}</a>`
    : html`${label}`;
}

/**
 * An id that no other texts give: letters, digits and hyphens stand as they are, all else as its code point. Two lists of
 * texts differ exactly where their ids do.
 */
export function idOf(...texts: readonly string[]): string {
  return texts.map((text) => text.replace(/[^A-Za-z0-9-]/gu, (char) => `_${char.codePointAt(0) ?? 0}_`)).join("__");
}
