"use strict";
const { main } = require("./job");

const partitions = ["orders", "payments", "stock"];

/** One partition (PARTITION) of a day's report (DAY, `2026-11-24`; today by default), in one line. */
async function report(database, env = process.env) {
  const { PARTITION: partition = "orders", DAY: day = new Date().toISOString().slice(0, 10) } = env;
  if (!partitions.includes(partition))
    throw new Error(`PARTITION is ${partition}, give one of ${partitions.join(", ")}`);
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(day)) throw new Error(`DAY is ${day}, give a day such as 2026-11-24`);
  const figures = await database.report(partition, day);
  return JSON.stringify({ partition, day, ...figures });
}

main(module, report);
module.exports = { report };
