"use strict";
const { openDatabase } = require("./database");
const { databaseUrl } = require("./settings");

/** Runs a job to its end: its last line is its result, which a workflow reads; anything that fails ends it with 1. */
async function runJob(job) {
  const database = openDatabase(databaseUrl());
  try {
    console.log(await job(database));
  } finally {
    await database.close();
  }
}

/** Runs the job where its file is the program. */
function main(module, job) {
  if (require.main !== module) return;
  runJob(job).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}

module.exports = { main };
