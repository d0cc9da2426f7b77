/** Collects what is wrong with the files, each thing once. */
import type { Location, Problem } from "../finding";
import { distance } from "fastest-levenshtein";
import { hasSecret } from "../value";

/** At most so many problems are told: a file of another kind would drown the rest. */
const LIMIT = 200;

export class Problems {
  readonly errors: Problem[] = [];
  readonly warnings: Problem[] = [];
  readonly #seen = new Set<string>();
  /** Paths that hold a wrong value, so that no second complaint follows from the first. */
  readonly #wrong = new Set<string>();

  /** Something is wrong at `path` (as `pathText` writes it). */
  error(message: string, location: Location | null, path?: string): void {
    if (path !== undefined) this.#wrong.add(path);
    this.#add(this.errors, message, location);
  }

  /** Takes `path` for wrong without a word: the cause is told elsewhere. */
  mark(path: string): void {
    this.#wrong.add(path);
  }

  warn(message: string, location: Location | null): void {
    this.#add(this.warnings, message, location);
  }

  /** True where `path`, or something directly in it, was found wrong before. */
  touched(path: string): boolean {
    for (const wrong of this.#wrong) {
      if (wrong === path || wrong.startsWith(`${path}.`) || wrong.startsWith(`${path}[`)) return true;
    }
    return false;
  }

  #add(to: Problem[], message: string, location: Location | null): void {
    const id = `${location?.file}:${location?.line}:${location?.column}:${message}`;
    if (this.#seen.has(id) || to.length >= LIMIT) return;
    this.#seen.add(id);
    to.push({ message, location });
  }
}

/** The known name that is nearest to what was written, where one is near enough to be meant; else `null`. */
export function nearest(written: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  // a name of such length is no slip of the pen, and the distance of long texts takes long
  if (written.length > 100) return null;
  let least = Math.max(2, Math.floor(written.length / 3)) + 1;
  for (const name of known) {
    const steps = distance(written.toLowerCase(), name.toLowerCase());
    if (steps < least && steps < Math.max(written.length, name.length)) [best, least] = [name, steps];
  }
  return best;
}

/** `; did you mean x?`, or the names that there are where none is near, for the end of a message. */
export function suggestion(written: string, known: Iterable<string>): string {
  const names = [...known];
  const near = nearest(written, names);
  if (near !== null) return `, did you mean ${show(near)}?`;
  if (names.length === 0) return ", there is none";
  const shown = names.sort().slice(0, 12);
  return `, there are ${shown.join(", ")}${names.length > shown.length ? ", …" : ""}`;
}

/** A list for people: `a, b or c`. */
export function either(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

/** A text for a message: in quotes, shortened, secrets by their names. */
export function show(text: string): string {
  const named = hasSecret(text) ? text.replace(/\uE000([^\uE001]*)\uE001/gu, "${$1}") : text;
  return JSON.stringify(named.length > 100 ? `${named.slice(0, 100)}…` : named);
}

/** The characters of a secret's mark, which no input may hold: it would pass for a secret. */
export const MARKS = /[\uE000\uE001]/u;
export const MARKS_REFUSED = "the text holds a character (U+E000 or U+E001) that Spectrum keeps for itself, remove it";

export function hasMarks(text: string): boolean {
  return MARKS.test(text);
}
