/** Rows of texts in columns. Pure. */

/**
 * Lines with two spaces before and between the columns, each as wide as its widest text.
 *
 * @param isRight which columns end at one edge; none by default
 */
export function renderTable(
  rows: readonly (readonly string[])[],
  isRight: (column: number) => boolean = () => false,
): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) =>
    row
      .map((text, column) => {
        const width = widths[column] ?? 0;
        return `  ${isRight(column) ? text.padStart(width) : text.padEnd(width)}`;
      })
      .join("")
      .trimEnd(),
  );
}
