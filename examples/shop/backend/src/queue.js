"use strict";
const { createClient } = require("@redis/client");
const { log } = require("./log");

const KEY = "orders";

/** The queue of placed orders. Reconnects by itself; a command without a connection fails at once. */
async function openQueue(url) {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout: 2000, reconnectStrategy: (attempts) => Math.min(100 * 2 ** attempts, 2000) },
  });
  client.on("error", (error) => log("queue connection lost", { error: error.message }));
  await client.connect();
  return {
    ping: () => client.ping(),
    push: (id) => client.lPush(KEY, id),
    /** The next order's id; `null` after `seconds` without one. */
    next: async (seconds) => (await client.brPop(KEY, seconds))?.element ?? null,
    close: () => client.destroy(),
  };
}

module.exports = { openQueue };
