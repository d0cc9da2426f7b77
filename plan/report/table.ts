/** Tables that scroll in a frame of their own where the screen is narrow. Pure. */
import { html, type Markup, type Part } from "./html";

export interface Column {
  readonly head: Part;
  /** Numbers end at one edge. */
  readonly number?: true;
}

export interface Row {
  /** The first is the row's head. */
  readonly cells: readonly Part[];
  readonly className?: string;
}

/** `caption`: what the table shows, for who does not see it, and the name of its frame. */
export function table(caption: string, columns: readonly Column[], rows: readonly Row[]): Markup {
  const classOf = (column: number) => (columns[column]?.number ? html` class="number"` : null);
  return frame(
    caption,
    html`<table>
      <caption class="hidden">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map(({ head }, i) => html`<th scope="col" ${classOf(i)}>${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ cells, className = "" }) =>
            html`<tr class="${className}">
              ${cells.map((cell, i) =>
                i === 0 ? html`<th scope="row">${cell}</th>` : html`<td${classOf(i)}>${cell}</td>`,
              )}
            </tr> `,
        )}
      </tbody>
    </table>`,
  );
}

/** What may be wider than the screen, in a frame that the keyboard reaches and scrolls. */
export const frame = (label: string, content: Markup): Markup =>
  html`<div class="frame" role="region" tabindex="0" aria-label="${label}">${content}</div>`;
