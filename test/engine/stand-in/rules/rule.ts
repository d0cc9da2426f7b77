/** What AWS refuses, as tables: the rules are pure questions to an account. */
import type { Account, Entity } from "../entity";

/** AWS says no. The message has the code that AWS answers with. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  /**
   * `mayPass`: what Pulumi's AWS provider tries again for some time, as it passes by itself once something that the program
   * deletes or makes beside it is gone or there.
   */
  constructor(
    message: string,
    readonly mayPass = false,
  ) {
    super(message);
  }
}

/** A question to the account before an entity is made or changed; throws a `Refusal`. */
export type Check = (entity: Entity, account: Account) => void;

/** By type. */
export type Checks = Readonly<Record<string, readonly Check[]>>;

/** All checks of several tables, by type, in the tables' order. */
export function joinChecks(...tables: readonly Checks[]): Checks {
  const types = [...new Set(tables.flatMap((table) => Object.keys(table)))];
  return Object.fromEntries(types.map((type) => [type, tables.flatMap((table) => table[type] ?? [])]));
}
