/** Remembers what a pure function of an App found, for as long as the App lives: an App is frozen, so it cannot change. */
import type { App } from "./model";

export function oncePerApp<T>(find: (app: App) => T): (app: App) => T {
  const known = new WeakMap<App, { readonly value: T }>();
  return (app) => {
    const earlier = known.get(app);
    if (earlier) return earlier.value;
    const value = find(app);
    known.set(app, { value });
    return value;
  };
}
