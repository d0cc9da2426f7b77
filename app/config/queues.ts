/** What no single key says of the queues: who sends, under which variables, and who scales the worker. */
import type { App } from "../model";
import { suggest } from "./issues";
import type { Fail } from "./placement";
import type { QueueConfig } from "./types";

interface Asked {
  readonly scale?: unknown;
  readonly queue?: QueueConfig | undefined;
}

export function checkQueues(app: App, services: Readonly<Record<string, Asked>>, fail: Fail): void {
  const told = new Map<string, string>();
  for (const [name, { queue, scale }] of Object.entries(services)) {
    if (!queue) continue;
    const path = ["services", name, "queue"];
    if (queue.scale && scale !== undefined)
      fail(
        [...path, "scale"],
        `${name} has scale too, and one of them must say how many run; leave one of the two out`,
      );
    queue.senders.forEach((sender, i) => {
      if (!(sender in app.services))
        fail(
          [...path, "senders", i],
          `the Compose file has no such service${suggest(sender, Object.keys(app.services))}`,
        );
    });
    for (const user of new Set([name, ...queue.senders])) {
      const variable = `${user} ${queue.variable}`;
      const by = told.get(variable);
      told.set(variable, by ?? name);
      if (by !== undefined)
        fail(
          [...path, "variable"],
          `${user} is told of the queue of ${by} in ${queue.variable}_URL already; name another`,
        );
    }
  }
}
