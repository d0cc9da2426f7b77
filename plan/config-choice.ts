/** Which config is planned: a stack's, or one made for Compose files; whole, or of one app, or on another tier. */
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { closest } from "fastest-levenshtein";
import { InputError } from "../app/finding";
import type { StackConfig } from "./stack-config";
import { composeConfig, readStackConfig } from "./stack-config";

/** What of an environment is planned. */
export interface ConfigChoice {
  /** The stack's name. */
  readonly environment: string;
  /** Compose files to plan alone, without a stack file; relative to the project's folder or absolute. */
  readonly compose?: readonly string[];
  /** The tier of the app (of all apps, without `app` and `compose`), whatever the config says. */
  readonly tier?: string;
  /**
   * With `compose`: the app's name; by default the Compose project's, else its folder's. Without: the only app of the
   * environment that is planned.
   */
  readonly app?: string;
}

/** Throws `InputError` where there is no such environment, or no such app in it. */
export function chooseConfig(root: string, { environment, compose = [], tier, app }: ConfigChoice): StackConfig {
  if (!/^[A-Za-z0-9._-]{1,100}$/u.test(environment)) {
    const message = `got the environment ${JSON.stringify(environment)}; a stack's name is 1 to 100 letters, digits, hyphens, underscores and dots`;
    throw new InputError([{ message, location: null }]);
  }
  if (compose.length > 0) {
    const name = app ?? appName(resolve(root, compose.at(-1) ?? ""));
    const config = composeConfig({ compose, environment, app: name, ...(tier === undefined ? {} : { tier }) });
    return tier === undefined ? config : { ...config, partial: true };
  }
  const config = readStackConfig(root, environment);
  return tier === undefined && app === undefined ? config : narrow(config, tier, app);
}

/** The config with one app alone, or with another tier. */
function narrow(config: StackConfig, tier: string | undefined, app: string | undefined): StackConfig {
  const apps = parseMap(config.values[APPS]);
  if (!apps) return config;
  if (app !== undefined && !(app in apps)) {
    const names = Object.keys(apps).sort();
    const near = names.length ? `, did you mean ${closest(app, names)}` : "";
    const message = `the environment ${config.stack} has no app ${app}: there is ${names.join(", ") || "none"}${near}`;
    throw new InputError([{ key: APPS, message, location: config.locate(APPS) }]);
  }
  const kept = keepApps(config, (name) => app === undefined || name === app);
  return tier === undefined
    ? kept
    : Object.keys(parseMap(kept.values[APPS]) ?? {}).reduce((on, name) => placeApp(on, name, tier), kept);
}

const APPS = "spectrum:apps";
const SECRETS = "spectrum:secrets";

/** The names of the config's apps, sorted. */
export const appNames = (config: StackConfig): readonly string[] =>
  Object.keys(parseMap(config.values[APPS]) ?? {}).sort();

/** The config with those apps alone, and their secrets; without workflows, which may call what is left out. */
export function keepApps(config: StackConfig, isKept: (app: string) => boolean): StackConfig {
  const filtered = (key: string, keep: (name: string) => boolean): Readonly<Record<string, string>> => {
    const map = parseMap(config.values[key]);
    if (!map) return {};
    return { [key]: JSON.stringify(Object.fromEntries(Object.entries(map).filter(([name]) => keep(name)))) };
  };
  const isWhole = appNames(config).every(isKept);
  const { "spectrum:workflows": workflows, ...others } = config.values;
  const values = {
    ...others,
    ...(workflows !== undefined && isWhole && { "spectrum:workflows": workflows }),
    ...filtered(APPS, isKept),
    ...filtered(SECRETS, (name) => name.startsWith("$") || isKept(name)),
  };
  return { ...config, values, ...(!isWhole && { partial: true }) };
}

/** The config with the app on the tier, and all else as it is. */
export function placeApp(config: StackConfig, app: string, tier: string): StackConfig {
  return { ...changeApp(config, app, (own) => ({ ...own, tier })), partial: true };
}

/** The config with the app from the release, whatever it comes from now, and all else as it is. */
export function releaseApp(config: StackConfig, app: string, release: string): StackConfig {
  return changeApp(config, app, ({ compose: _, ...own }) => ({ ...own, release }));
}

function changeApp(
  config: StackConfig,
  app: string,
  change: (own: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
): StackConfig {
  const apps = parseMap(config.values[APPS]) ?? {};
  const changed = { ...apps, [app]: change(parseMap(apps[app]) ?? {}) };
  return { ...config, values: { ...config.values, [APPS]: JSON.stringify(changed) } };
}

/** The release that the config has the app from, as it is written there; `null`: none. */
export function releaseOf(config: StackConfig, app: string): string | null {
  const { release } = parseMap(parseMap(config.values[APPS])?.[app]) ?? {};
  return typeof release === "string" ? release : null;
}

function parseMap(value: unknown): Record<string, unknown> | null {
  try {
    const parsed: unknown = typeof value === "string" ? JSON.parse(value) : value;
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/**
 * The app's name for a Compose file: its `name:`, else its folder's name, in the letters that an app's name may have. Looked
 * for by its line alone: whatever else is in the file is the reader's to judge.
 */
function appName(file: string): string {
  const text = existsSync(file) && isFile(file) ? readFileSync(file, "utf8") : "";
  const written = /^name:[ \t]*["']?([^"'\s#]+)/m.exec(text)?.[1];
  const name = (written ?? basename(dirname(file)))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 40)
    .replace(/-+$/, "");
  return name || "app";
}

function isFile(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
