"use strict";
const { writeFileSync } = require("node:fs");
const { openDatabase } = require("./database");
const { log, retry } = require("./log");
const { openQueue } = require("./queue");
const { databaseUrl, redisUrl } = require("./settings");

/** The health check looks at this file's age. */
const HEARTBEAT = process.env.HEARTBEAT ?? "/tmp/heartbeat";

async function main() {
  // process 1 of a container has no default for signals
  let stop = () => process.exit(0);
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => stop(signal));

  let stopping = false;
  const database = openDatabase(databaseUrl());
  const queue = await retry("queue", () => openQueue(redisUrl()));
  stop = (signal) => {
    log("stopping", { signal });
    stopping = true;
    // ends the wait for the next order
    queue.close();
  };

  const pack = async (id) => {
    const status = await database.pack(id);
    if (status !== undefined) log("order handled", { order: id, status });
  };
  const sweep = async () => {
    for (const id of await database.open()) await pack(id);
  };
  const round = async () => {
    const id = await queue.next(5);
    if (id === null) await sweep();
    else await pack(id);
    writeFileSync(HEARTBEAT, "");
  };

  log("started");
  try {
    // the tables are the API's to make; what was left over from the last run comes first
    await retry("tables", sweep, { stopped: () => stopping });
    while (!stopping) await retry("order", round, { stopped: () => stopping });
  } catch (error) {
    if (!stopping) throw error;
  }
  await database.close();
}

main().catch((error) => {
  log("failed", { error: error.message });
  process.exit(1);
});
