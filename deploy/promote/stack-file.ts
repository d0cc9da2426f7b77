/** The line of a stack's file that says which release an app is: put there, and nothing else of the file changed. Pure. */
import { isDeepStrictEqual } from "node:util";
import { isMap, isScalar, isSeq, LineCounter, type Pair, parse, parseDocument, stringify, type YAMLMap } from "yaml";
import { InputError, type Location } from "../../app/finding";

const APPS = "spectrum:apps";

/** What may stand in a release's place. */
const SOURCES = ["release", "compose"];

/**
 * The file's text with `release: <id>` in the place of the app's `compose` or `release`; comments, order and quotes stay as
 * they are. Throws `InputError` where the app is not in the file, or is written in a way that cannot be edited in place.
 *
 * @param file its path as the user knows it
 */
export function withReleaseLine(text: string, file: string, app: string, release: string): string {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const fail = (message: string, offset = 0): InputError => {
    const { line, col } = lines.linePos(offset);
    const location: Location = { file, line: Math.max(1, line), column: Math.max(1, col) };
    return new InputError([{ key: `${APPS}.${app}`, message, location }]);
  };
  const [error] = document.errors;
  if (error) throw fail(`not valid YAML: ${error.message}`, error.pos[0]);
  const apps = document.getIn(["config", APPS], true);
  const at = isMap(apps) ? apps.get(app, true) : undefined;
  if (!isMap(apps) || !apps.has(app))
    throw fail(`the app is not in this environment; say where it runs there: ${app}: { tier: … }`);
  const byHand = fail(
    `is written in a way that cannot be edited in place; write it by hand, in the place of compose: release: ${release}`,
    rangeOf(at)?.[0],
  );
  if (!isMap(at)) throw byHand;
  const edited = edit(text, at, `release: ${stringify(release).trim()}`);
  // whatever way of YAML's this did not think of: what comes out is what was meant, or nothing is written
  if (edited === null || !isAsMeant(text, edited, app, release)) throw byHand;
  return edited;
}

function edit(text: string, app: YAMLMap, line: string): string | null {
  const pairs = app.items.filter(({ key }) => isScalar(key) && SOURCES.includes(String(key.value)));
  const [first, ...more] = pairs;
  if (more.length > 0) return null;
  if (first) {
    const range = pairRange(first);
    return range && text.slice(0, range[0]) + line + text.slice(range[1]);
  }
  const [start] = app.range ?? [];
  if (start === undefined) return null;
  if (app.flow) return `${text.slice(0, start + 1)} ${line}${app.items.length > 0 ? "," : " "}${text.slice(start + 1)}`;
  const indent = start - (text.lastIndexOf("\n", start - 1) + 1);
  return `${text.slice(0, start)}${line}\n${" ".repeat(indent)}${text.slice(start)}`;
}

/** From the key to the end of the value, without the space and the comments after it. */
function pairRange({ key, value }: Pair): readonly [number, number] | null {
  const [from, to] = [rangeOf(key)?.[0], endOf(value)];
  return from === undefined || to === undefined ? null : [from, to];
}

/** A list in lines ends, for YAML, where the next key begins: the comments between are not its own. */
function endOf(node: unknown): number | undefined {
  const last = isSeq(node) && !node.flow ? node.items.at(-1) : undefined;
  return last === undefined ? rangeOf(node)?.[1] : endOf(last);
}

const rangeOf = (node: unknown): readonly [number, number, number] | undefined =>
  (node as { readonly range?: [number, number, number] | null } | null | undefined)?.range ?? undefined;

type Apps = Record<string, Record<string, unknown>>;

/** `null` for what is no YAML. */
function contentOf(text: string): { readonly config?: Record<string, Apps> } | null {
  try {
    return parse(text) as { config?: Record<string, Apps> };
  } catch {
    return null;
  }
}

function isAsMeant(before: string, after: string, app: string, release: string): boolean {
  const [meant, got] = [before, after].map(contentOf);
  const own = meant?.config?.[APPS]?.[app];
  if (!own || !got) return false;
  for (const key of SOURCES) Reflect.deleteProperty(own, key);
  own.release = release;
  return isDeepStrictEqual(meant, got);
}
