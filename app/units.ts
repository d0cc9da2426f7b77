/** Durations and sizes as a config writes them. */

const SECONDS: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 };

/** `10m`, `1h30m`, `45s` in seconds; `null` where it is no duration, or zero. */
export function parseSeconds(text: string): number | null {
  if (!/^(?:\d+(?:\.\d+)?[dhms])+$/u.test(text)) return null;
  let sum = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)([dhms])/gu))
    sum += Number(count) * (SECONDS[unit ?? ""] ?? 0);
  return sum > 0 ? sum : null;
}

const MIB: Readonly<Record<string, number>> = { k: 1 / 1024, m: 1, g: 1024, t: 1024 * 1024 };

/** `512m`, `512MiB`, `1g`, `0.5 GB` in MiB, as Compose counts (1 GB is 1024 MB); `null` where it is no size. */
export function parseMiB(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt])i?b?$/iu.exec(text);
  if (!match) return null;
  return Math.ceil(Number(match[1]) * (MIB[(match[2] ?? "").toLowerCase()] ?? 0));
}
