"use strict";
const { parseArgs } = require("node:util");
const { main } = require("./job");

const options = { products: { type: "string", default: "20" }, undo: { type: "boolean", default: false } };

/** `--products 100` puts so many products into the shop, once; `--undo` takes those out that nobody has ordered. */
async function seed(database, args = process.argv.slice(2)) {
  const { products, undo } = parseArgs({ options, args }).values;
  if (undo) return `taken back: ${await database.unseed()} products`;
  const count = Number(products);
  if (!Number.isInteger(count) || count < 1 || count > 10_000)
    throw new Error(`--products is ${products}, give a whole number from 1 to 10000`);
  return `seeded: ${await database.seed(count)} products`;
}

main(module, seed);
module.exports = { seed };
