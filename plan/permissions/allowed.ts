/** The actions that a grant allows, one by one. Pure. */
import type { Grant } from "./grant";
import { lookupGrants } from "./lookups";
import { readsOfSpectrum } from "./reads";

export interface AllowedAction {
  /** IAM's prefix: `ecs`. */
  readonly service: string;
  /** `CreateService` */
  readonly name: string;
}

export const allowed = ({ actions }: Pick<Grant, "actions">): readonly AllowedAction[] =>
  Object.entries(actions).flatMap(([service, names]) => names.split(/\s+/u).map((name) => ({ service, name })));

/** What is allowed for no resource of its own: for functions that the program calls, and for the command's own questions. */
export const FURTHER: readonly Grant[] = [...Object.values(lookupGrants), ...Object.values(readsOfSpectrum)];
