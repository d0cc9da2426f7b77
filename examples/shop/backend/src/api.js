"use strict";
const { createServer } = require("node:http");
const { openDatabase } = require("./database");
const { log, retry } = require("./log");
const { openQueue } = require("./queue");
const { databaseUrl, redisUrl } = require("./settings");

const MAX_BODY = 16 * 1024;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;

class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function readJson(request) {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) {
    body += chunk;
    if (body.length > MAX_BODY) throw new HttpError(413, `the body is longer than ${MAX_BODY} characters`);
  }
  try {
    return JSON.parse(body);
  } catch {
    throw new HttpError(400, "the body is no JSON");
  }
}

/** By method and path; each returns a status and a body. */
function routes(database, queue) {
  return {
    "GET /healthz": async () => {
      await Promise.all([database.ping(), queue.ping()]);
      return [200, { status: "ok" }];
    },
    "GET /api/products": async () => [200, await database.products()],
    "GET /api/orders": async () => [200, await database.orders()],
    "POST /api/orders": async (request) => {
      const { product, quantity } = (await readJson(request)) ?? {};
      if (typeof product !== "string") throw new HttpError(400, "product is missing, give a product's id");
      if (!Number.isInteger(quantity) || quantity < 1 || quantity > 100)
        throw new HttpError(400, "quantity is no whole number from 1 to 100");
      const order = await database.place(product, quantity);
      if (order === undefined) throw new HttpError(404, "there is no such product");
      // the order is safe in the database: without the queue, the worker finds it a little later
      await queue.push(order.id).catch((error) => log("queue is away", { order: order.id, error: error.message }));
      return [202, order];
    },
  };
}

async function answer(request, table, database) {
  const { pathname } = new URL(request.url, "http://localhost");
  const handler = table[`${request.method} ${pathname}`];
  if (handler) return handler(request);
  const id = /^\/api\/orders\/([^/]+)$/u.exec(pathname)?.[1];
  if (request.method === "GET" && id !== undefined && UUID.test(id)) {
    const order = await database.order(id);
    if (order) return [200, order];
  }
  throw new HttpError(404, "not found");
}

function serve(database, queue) {
  const table = routes(database, queue);
  return createServer(async (request, response) => {
    const send = (status, body) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    try {
      send(...(await answer(request, table, database)));
    } catch (error) {
      if (error instanceof HttpError) return send(error.status, { error: error.message });
      log("request failed", { method: request.method, url: request.url, error: error.message });
      send(503, { error: "try again later" });
    }
  });
}

async function main() {
  // process 1 of a container has no default for signals
  let stop = () => process.exit(0);
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => stop(signal));

  const database = openDatabase(databaseUrl());
  await retry("database", () => database.migrate());
  const queue = await retry("queue", () => openQueue(redisUrl()));
  const server = serve(database, queue);
  const port = Number(process.env.PORT ?? 3000);
  server.listen(port, () => log("listening", { port }));

  stop = (signal) => {
    log("stopping", { signal });
    server.close(async () => {
      queue.close();
      await database.close();
    });
    server.closeIdleConnections();
  };
}

if (require.main === module) {
  main().catch((error) => {
    log("failed", { error: error.message });
    process.exit(1);
  });
}

module.exports = { serve };
