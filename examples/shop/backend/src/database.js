"use strict";
const { Pool } = require("pg");
const { log } = require("./log");

const schema = `
  CREATE TABLE IF NOT EXISTS products (
    id text PRIMARY KEY,
    name text NOT NULL,
    cents integer NOT NULL CHECK (cents >= 0),
    stock integer NOT NULL CHECK (stock >= 0)
  );
  CREATE TABLE IF NOT EXISTS orders (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    product text NOT NULL REFERENCES products,
    quantity integer NOT NULL CHECK (quantity > 0),
    status text NOT NULL DEFAULT 'placed' CHECK (status IN ('placed', 'packed', 'sold out')),
    placed_at timestamptz NOT NULL DEFAULT now(),
    handled_at timestamptz
  );
  CREATE INDEX IF NOT EXISTS orders_open ON orders (placed_at) WHERE status = 'placed';
  INSERT INTO products (id, name, cents, stock) VALUES
    ('mug', 'Mug', 1200, 40), ('shirt', 'T-shirt', 2500, 25), ('sticker', 'Sticker', 300, 500)
  ON CONFLICT DO NOTHING;
`;

/** Takes the goods from the stock once, however often it is asked, and whoever else asks. */
const packOrder = `
  WITH open AS (
    SELECT id, product, quantity FROM orders WHERE id = $1 AND status = 'placed' FOR UPDATE SKIP LOCKED
  ), taken AS (
    UPDATE products SET stock = stock - open.quantity FROM open
    WHERE products.id = open.product AND stock >= open.quantity RETURNING products.id
  )
  UPDATE orders
  SET status = CASE WHEN EXISTS (SELECT FROM taken) THEN 'packed' ELSE 'sold out' END, handled_at = now()
  FROM open WHERE orders.id = open.id RETURNING orders.status
`;

/** One row of figures for each partition of a day's report. */
const reports = {
  orders: `SELECT count(*)::int AS orders, count(*) FILTER (WHERE status = 'sold out')::int AS sold_out
    FROM orders WHERE placed_at::date = $1::date`,
  payments: `SELECT count(*)::int AS payments, coalesce(sum(p.cents * o.quantity), 0)::int AS cents
    FROM orders o JOIN products p ON p.id = o.product WHERE o.status = 'packed' AND o.placed_at::date = $1::date`,
  stock: `SELECT count(*)::int AS products, count(*) FILTER (WHERE stock = 0)::int AS empty FROM products
    WHERE $1::date IS NOT NULL`,
};

/** The shop's database. Reconnects by itself; a query fails after 5 s without an answer. */
function openDatabase(connectionString) {
  const pool = new Pool({ connectionString, max: 5, connectionTimeoutMillis: 2000, query_timeout: 5000 });
  pool.on("error", (error) => log("database connection lost", { error: error.message }));
  const rows = async (text, values) => (await pool.query(text, values)).rows;

  return {
    /** Makes the tables and the first products, one process at a time. */
    async migrate() {
      const client = await pool.connect();
      try {
        await client.query("BEGIN");
        await client.query("SELECT pg_advisory_xact_lock(20261123)");
        await client.query(schema);
        await client.query("COMMIT");
        client.release();
      } catch (error) {
        client.release(error);
        throw error;
      }
    },
    ping: () => rows("SELECT 1"),
    products: () => rows("SELECT id, name, cents, stock FROM products ORDER BY name"),
    orders: () =>
      rows(
        `SELECT o.id, p.name, o.quantity, o.status FROM orders o JOIN products p ON p.id = o.product
         ORDER BY o.placed_at DESC LIMIT 20`,
      ),
    order: async (id) => (await rows("SELECT id, product, quantity, status FROM orders WHERE id = $1", [id]))[0],
    /** The new order; `undefined` where there is no such product. */
    place: async (product, quantity) =>
      (
        await rows(
          `INSERT INTO orders (product, quantity) SELECT id, $2 FROM products WHERE id = $1
           RETURNING id, product, quantity, status`,
          [product, quantity],
        )
      )[0],
    /** Ids of the orders that nobody has handled, the oldest first. */
    open: async () =>
      (await rows("SELECT id FROM orders WHERE status = 'placed' ORDER BY placed_at LIMIT 100")).map(({ id }) => id),
    /** The order's new status; `undefined` where it was handled already. */
    pack: async (id) => (await rows(packOrder, [id]))[0]?.status,
    /** How many products are there that `seed` has made. */
    seeded: async () => (await rows("SELECT count(*)::int AS n FROM products WHERE id LIKE 'seed-%'"))[0].n,
    /** Makes so many products, those that are there already not again; how many are new. */
    seed: async (count) =>
      (
        await rows(
          `INSERT INTO products (id, name, cents, stock)
           SELECT 'seed-' || n, 'Product ' || n, 100 + n, 10 FROM generate_series(1, $1::int) n
           ON CONFLICT DO NOTHING RETURNING id`,
          [count],
        )
      ).length,
    /** Takes out what `seed` has made, but what somebody has ordered; how many are gone. */
    unseed: async () =>
      (
        await rows(
          `DELETE FROM products p WHERE p.id LIKE 'seed-%'
           AND NOT EXISTS (SELECT FROM orders o WHERE o.product = p.id) RETURNING p.id`,
        )
      ).length,
    report: async (partition, day) => (await rows(reports[partition], [day]))[0],
    close: () => pool.end(),
  };
}

module.exports = { openDatabase };
