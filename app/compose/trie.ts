/** Rules by path: patterns such as `services.*.ports.[].target`, where `*` stands for any key or item. */
export class Rules<T> {
  #value: T | undefined;
  readonly #children = new Map<string, Rules<T>>();

  constructor(patterns: Iterable<readonly [string, T]> = []) {
    for (const [pattern, value] of patterns) this.#add(pattern.split("."), value);
  }

  #add([step, ...rest]: readonly string[], value: T): void {
    if (step === undefined) {
      this.#value = value;
      return;
    }
    const below = this.#children.get(step) ?? new Rules<T>();
    this.#children.set(step, below);
    below.#add(rest, value);
  }

  /** What the rules say about this path itself. */
  get value(): T | undefined {
    return this.#value;
  }

  /** True where there are rules below the items of a list. */
  get forItems(): boolean {
    return this.#children.has("[]");
  }

  /** The rules below a key, `[]` for the items of a list; `undefined` where there are none. */
  below(step: string): Rules<T> | undefined {
    return this.#children.get(step) ?? this.#children.get("*");
  }
}
