/** Values as they cross Pulumi's provider protocol. */

/** What stands for a value that is not known yet: `UnknownStringValue` of `sdk/go/common/resource/plugin`. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";

export type Values = Readonly<Record<string, unknown>>;

/** The value without the wrappings of secrets and resource references. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  if (value[SIGNATURE] === SECRET) return plain(value.value);
  if (value[SIGNATURE] === RESOURCE) return value.id ?? value.urn;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

export function plainRecord(value: Values): Values {
  return plain(value) as Values;
}

export function isRecord(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The items of a list, or the one value as a list; nothing for `undefined` and `null`. */
export function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

/** A list's items that are objects. */
export function records(value: unknown): readonly Values[] {
  return list(value).filter(isRecord);
}

/** The text; empty for anything else. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Every text inside the value. */
export function texts(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(texts);
  return isRecord(value) ? Object.values(value).flatMap(texts) : [];
}

/** The document in a text; `undefined` where it is none. */
export function parseJson(value: unknown): unknown {
  try {
    return JSON.parse(text(value)) as unknown;
  } catch {
    return undefined;
  }
}
