/** Durations, sizes and paths as Compose writes them. */

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
};
const LARGEST = 2n ** 63n - 1n;

/** A duration (`1h30m`, `1.5s`, `2d`) in nanoseconds; `null` where the text is none. */
export function parseDuration(source: string): bigint | null {
  const sign = /^[-+]/u.exec(source)?.[0] ?? "";
  const rest = source.slice(sign.length);
  if (rest === "0") return 0n;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)[^.\d]+)+$/u.test(rest)) return null;
  let total = 0n;
  for (const [, whole = "", fraction = "", name = ""] of rest.matchAll(/(\d*)\.?(\d*)([^.\d]+)/gu)) {
    const unit = UNITS[name];
    if (unit === undefined) return null;
    total += BigInt(whole || "0") * unit;
    if (fraction !== "") total += BigInt(Math.trunc(Number(`0.${fraction}`) * Number(unit)));
    if (total > LARGEST) return null;
  }
  return sign === "-" ? -total : total;
}

/** A duration as Go prints it: `1h30m0s`, `1.5s`, `100ms`. */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return "0s";
  const sign = nanoseconds < 0n ? "-" : "";
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${decimal(size, 1_000n)}µs`;
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 1_000_000n)}ms`;
  const minute = UNITS.m!;
  const hour = UNITS.h!;
  const seconds = `${decimal(size % minute, 1_000_000_000n)}s`;
  if (size < minute) return sign + seconds;
  const minutes = `${(size % hour) / minute}m${seconds}`;
  return size < hour ? sign + minutes : `${sign}${size / hour}h${minutes}`;
}

function decimal(value: bigint, unit: bigint): string {
  const fraction = String(value % unit)
    .padStart(String(unit).length - 1, "0")
    .replace(/0+$/u, "");
  return fraction === "" ? String(value / unit) : `${value / unit}.${fraction}`;
}

const SIZES: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  p: 2 ** 50,
};

/** A size (`512m`, `1.5 GiB`, `1024`) in bytes; `null` where the text is none. Units are powers of 1024. */
export function parseBytes(source: string): bigint | null {
  if (/^[-+]?\d+$/u.test(source)) return BigInt(source.replace("+", ""));
  const match = /^(\d+\.?\d*|\.\d+) ?(?:(b)|([kmgtp])(?:i?b)?)?$/iu.exec(source);
  if (match === null) return null;
  const unit = SIZES[(match[2] ?? match[3] ?? "").toLowerCase()]!;
  return BigInt(Math.trunc(Number(match[1]) * unit));
}

/** A slash path without `.`, `..` and double slashes (Go's `path.Clean`). */
export function cleanPath(path: string): string {
  if (path === "") return ".";
  const rooted = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!rooted) parts.push(part);
  }
  const cleaned = (rooted ? "/" : "") + parts.join("/");
  return cleaned === "" ? "." : cleaned;
}

/** True for an absolute path of Windows: `C:\x`, `\\server\share`. */
export function isWindowsAbsolute(path: string): boolean {
  return /^[A-Za-z]:[\\/]/u.test(path) || /^[\\/]{2}[^\\/]+[\\/][^\\/]+/u.test(path);
}

/** The shortest decimal number that is the same 32-bit float: what Compose prints for `cpus`. */
export function float32(value: number): number {
  const single = Math.fround(value);
  for (let digits = 1; digits < 10; digits++) {
    const shorter = Number(single.toPrecision(digits));
    if (Math.fround(shorter) === single) return shorter;
  }
  return single;
}
