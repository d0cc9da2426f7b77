/** The files that reading an app opened. */

export interface SourceFile {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  readonly kind: SourceKind;
}

/** A Compose file; one with the variables or labels of a service or an include; a `.env` that nobody names. */
export type SourceKind = "compose" | "variables" | "dotenv";

export class OpenedFiles {
  readonly #files = new Map<string, SourceFile>();

  /** Each once, in the order in which they were opened. */
  get all(): readonly SourceFile[] {
    return [...this.#files.values()];
  }

  /** A `.env` may be named as a service's file too, and is that then. */
  add(path: string, text: string, kind: SourceKind): void {
    if ((this.#files.get(path)?.kind ?? "dotenv") === "dotenv") this.#files.set(path, { path, text, kind });
  }
}
