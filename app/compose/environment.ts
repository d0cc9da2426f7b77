/** The variables that values may use, and which of them are secrets. */
import { secretMark } from "../value";

export class Environment {
  constructor(
    private readonly variables: ReadonlyMap<string, string>,
    private readonly secrets: ReadonlySet<string>,
  ) {}

  /** The value, a secret's mark, or `undefined` where the variable is not set. */
  readonly lookup = (name: string): string | undefined =>
    this.secrets.has(name) ? secretMark(name) : this.variables.get(name);

  /** With variables of lower rank: what is set stays. */
  under(more: Iterable<readonly [string, string]>): Environment {
    return new Environment(new Map([...more, ...this.variables]), this.secrets);
  }

  /** With a variable set, whatever it was. */
  with(name: string, value: string): Environment {
    return new Environment(new Map([...this.variables, [name, value]]), this.secrets);
  }

  /** Tells two environments apart. */
  get id(): string {
    return JSON.stringify([...this.variables].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
