/**
 * The stack of an error with the places in our own source. Node would map every frame; one in the SDK's large files takes
 * half a minute and gigabytes then, so those keep the places in their compiled form.
 */
import { findSourceMap } from "node:module";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";

/** Message, stack and causes. Must be the first to read the error's `stack`. */
export function describeError(error: unknown): string {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- put back as it was
  const before = Error.prepareStackTrace;
  Error.prepareStackTrace = (of, sites) => `${String(of)}\n${sites.map((site) => `    at ${frame(site)}`).join("\n")}`;
  try {
    const lines: string[] = [];
    for (let current: unknown = error; current !== undefined;) {
      lines.push(current instanceof Error ? (current.stack ?? current.message) : inspect(current));
      current = current instanceof Error ? current.cause : undefined;
    }
    return lines.join("\ncaused by: ");
  } finally {
    Error.prepareStackTrace = before;
  }
}

function frame(site: NodeJS.CallSite): string {
  const url = site.getFileName() ?? "";
  const file = url.startsWith("file:") ? fileURLToPath(url) : url;
  const line = site.getLineNumber() ?? 1;
  const column = site.getColumnNumber() ?? 1;
  const name = site.getFunctionName() ?? "(anonymous)";
  const own = file !== "" && !file.startsWith("node:") && !file.includes("node_modules");
  const entry = own ? findSourceMap(url)?.findEntry(line - 1, column - 1) : undefined;
  if (!isMapping(entry)) return `${name} (${file}:${line}:${column})`;
  return `${name} (${file}:${entry.originalLine + 1}:${entry.originalColumn + 1})`;
}

/** Node gives an empty object where nothing is known. */
function isMapping(
  entry: object | undefined,
): entry is { readonly originalLine: number; readonly originalColumn: number } {
  return entry !== undefined && "originalLine" in entry;
}
