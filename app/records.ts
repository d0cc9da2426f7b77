/** Plain records and values. Pure. */

/** The record with other values. */
export function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

/** The value with the keys of each of its records sorted, and without those that are undefined: one text for one content. */
export function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sortedKeys(item)]));
}

/** As JSON with sorted keys: two spaces deep, a line feed at the end. */
export function stableJson(value: object): string {
  return `${JSON.stringify(sortedKeys(value), null, 2)}\n`;
}
