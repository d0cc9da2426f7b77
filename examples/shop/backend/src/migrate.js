"use strict";
const { main } = require("./job");

/** Makes the tables, and says how many products were seeded. */
async function migrate(database) {
  await database.migrate();
  return `migrated, seeded products: ${await database.seeded()}`;
}

main(module, migrate);
module.exports = { migrate };
