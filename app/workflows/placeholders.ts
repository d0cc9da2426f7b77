/**
 * Placeholders: what a definition says in place of an ARN, so that it stays the same on every tier.
 *
 *     Resource: ${<app>.<job or service>}
 *     Resource: ${<workflow>}
 *     Resource: ${<…>}.waitForTaskToken
 *
 * An app's name has no dot, so the first dot ends it; a name without one is another workflow's. Without a suffix the task ends when
 * the job or workflow has ended, or the service has answered; with `.waitForTaskToken` it ends when somebody sends its token back.
 * There is no `.sync`: a job is always awaited.
 */
import { isJsonList, isJsonMap, type Json, type Path } from "./source";

export interface Placeholder {
  /** `null`: a workflow is named, which is no app's. */
  readonly app: string | null;
  /** A job, a service or a workflow. */
  readonly name: string;
  readonly waitForTaskToken: boolean;
}

const WHOLE =
  /^\$\{(?:(?<app>[a-z][a-z0-9]*(?:-[a-z0-9]+)*)\.(?<name>[A-Za-z0-9][A-Za-z0-9._-]*)|(?<workflow>[a-z][a-z0-9]*(?:-[a-z0-9]+)*))\}(?<suffix>\.waitForTaskToken)?$/u;
/** What was meant for one, right or wrong. */
const ANY = /\$\{[^{}]*\}/u;

/** The placeholder that a `Resource` is; `null` where it is an ARN, or no right placeholder. */
export function parsePlaceholder(resource: string): Placeholder | null {
  const groups = WHOLE.exec(resource)?.groups;
  if (groups === undefined) return null;
  const waitForTaskToken = groups.suffix !== undefined;
  if (groups.workflow !== undefined) return { app: null, name: groups.workflow, waitForTaskToken };
  return { app: groups.app ?? "", name: groups.name ?? "", waitForTaskToken };
}

/** `shop.migrate`: the name by which jobs and services are known; a workflow's is its own. */
export function targetName({ app, name }: Pick<Placeholder, "app" | "name">): string {
  return app === null ? name : `${app}.${name}`;
}

/** True where a text holds `${…}`. */
export function hasPlaceholder(text: string): boolean {
  return ANY.test(text);
}

/** A placeholder, and where it stands. */
export interface FoundPlaceholder {
  readonly text: string;
  readonly path: Path;
}

/** Every text of a value that holds `${…}`, and every key, in the order of the file. */
export function findPlaceholders(value: Json, path: Path = []): readonly FoundPlaceholder[] {
  if (typeof value === "string") return hasPlaceholder(value) ? [{ text: value, path }] : [];
  if (isJsonList(value)) return value.flatMap((item, i) => findPlaceholders(item, [...path, i]));
  if (!isJsonMap(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(hasPlaceholder(key) ? [{ text: key, path: [...path, key] }] : []),
    ...findPlaceholders(inner, [...path, key]),
  ]);
}

/** The value with the `Resource` of each task replaced; `undefined` leaves it as it is. Nothing else is touched. */
export function replacePlaceholders(value: Json, replace: (placeholder: Placeholder) => string | undefined): Json {
  if (isJsonList(value)) return value.map((item) => replacePlaceholders(item, replace));
  if (!isJsonMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const placeholder =
        key === "Resource" && value.Type === "Task" && typeof inner === "string" ? parsePlaceholder(inner) : null;
      return [key, (placeholder && replace(placeholder)) ?? replacePlaceholders(inner, replace)];
    }),
  );
}
