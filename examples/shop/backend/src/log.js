"use strict";

/** One JSON line for each event: what every log service can search. */
function log(event, fields = {}) {
  console.log(JSON.stringify({ time: new Date().toISOString(), event, ...fields }));
}

/** Calls `start` until it works: on some hosts all containers start at once. */
async function retry(what, start, { pause = 2000, stopped = () => false } = {}) {
  for (;;) {
    try {
      return await start();
    } catch (error) {
      if (stopped()) throw error;
      log("waiting", { what, error: error.message });
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

module.exports = { log, retry };
