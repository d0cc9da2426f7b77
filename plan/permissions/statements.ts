/** IAM's statements for what a plan's resources need. Pure. */
import { allowed } from "./allowed";
import { anyArn, arn, type Place } from "./arns";
import { resourceTypesOf } from "./authorization";
import type { Grant } from "./grant";

export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Keys are used by the services that keep data under them, and not by the deployer itself. */
const THROUGH_SERVICES = { StringLike: { "kms:ViaService": "*.amazonaws.com" } };

/** An action with what it is allowed on, by kind of resource. */
type Scope = Map<string, Set<string>>;

/** Actions that are asked for as many types are allowed on all of the service, where a grant names none of them. */
export const MANY = 5;

/** What is allowed on what, gathered over many resources. */
export class Gathered {
  /** By `service:Action`. */
  readonly #scopes = new Map<string, Scope>();

  /** Adds what one resource needs; `fill` fills the grant's templates. */
  add(grant: Grant, place: Place, fill: (template: string) => string): void {
    for (const { service, name } of allowed(grant)) {
      const key = `${service}:${name}`;
      const scope = this.#scopes.get(key) ?? new Map<string, Set<string>>();
      this.#scopes.set(key, scope);
      for (const [kind, pattern] of patterns(grant, resourceTypesOf(service, name) ?? [], place, fill)) {
        scope.set(kind, (scope.get(kind) ?? new Set()).add(pattern));
      }
    }
  }

  /**
   * Actions of one service stand together where none is then allowed on more than it needs: an action that is not asked for a
   * kind of resource gains nothing by its ARN.
   */
  statements(): readonly Statement[] {
    const groups: { service: string; actions: string[]; scope: Scope }[] = [];
    for (const [key, scope] of [...this.#scopes].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const service = key.slice(0, key.indexOf(":"));
      const group = groups.find((of) => of.service === service && agree(of.scope, scope));
      if (group) {
        group.actions.push(key);
        for (const [kind, arns] of scope) group.scope.set(kind, arns);
      } else groups.push({ service, actions: [key], scope: new Map(scope) });
    }
    return groups.map(({ service, actions, scope }, at) => ({
      Sid: sid(service, at + 1),
      Effect: "Allow",
      Action: actions,
      Resource: widest([...scope.values()].flatMap((arns) => [...arns])),
      ...(service === "kms" && { Condition: THROUGH_SERVICES }),
    }));
  }
}

function patterns(
  grant: Grant,
  types: readonly string[],
  place: Place,
  fill: (template: string) => string,
): readonly (readonly [string, string])[] {
  if (types.length === 0) return [["*", "*"]];
  const known = types.filter((type) => grant.arns?.[type] !== undefined);
  if (known.length > 0) return known.map((type) => [type, arn(type, fill(grant.arns?.[type] ?? ""), place) ?? "*"]);
  if (types.length >= MANY) return [["any", anyArn(types[0]!, place)]];
  return types.map((type) => [type, arn(type, "*", place) ?? "*"]);
}

/** What is allowed on everything stands apart, and what two scopes both speak of must be the same. */
function agree(one: Scope, other: Scope): boolean {
  const apart = ["*", "any"].filter((kind) => one.has(kind) || other.has(kind));
  if (apart.length > 0) return sameKeys(one, other) && apart.every((kind) => sameSet(one.get(kind), other.get(kind)));
  return [...other].every(([kind, arns]) => !one.has(kind) || sameSet(one.get(kind), arns));
}

const sameKeys = (one: Scope, other: Scope): boolean => sameSet(new Set(one.keys()), new Set(other.keys()));

const sameSet = (one: ReadonlySet<string> = new Set(), other: ReadonlySet<string> = new Set()): boolean =>
  one.size === other.size && [...one].every((item) => other.has(item));

/** Sorted, each once, without those that another covers. */
export function widest(arns: readonly string[]): readonly string[] {
  const all = [...new Set(arns)].sort();
  const covers = (wide: string, narrow: string): boolean =>
    wide !== narrow && wide.endsWith("*") && narrow.startsWith(wide.slice(0, -1));
  return all.filter((narrow) => !all.some((wide) => covers(wide, narrow)));
}

/** Letters and digits: `Ecs1`. */
export const sid = (service: string, number: number): string =>
  `${service.replace(/(?:^|-)([a-z])/gu, (_, letter: string) => letter.toUpperCase())}${number}`;
