"use strict";
const { readFileSync } = require("node:fs");

/** What NAME says, or the file that NAME_FILE names, as the official database images read their passwords. */
function secret(name, env = process.env) {
  const file = env[`${name}_FILE`];
  return env[name] ?? (file === undefined ? undefined : readFileSync(file, "utf8").trimEnd());
}

function required(name, env = process.env) {
  const value = env[name];
  if (!value) throw new Error(`the variable ${name} is not set`);
  return value;
}

/** DATABASE_URL with the password in it. */
function databaseUrl(env = process.env) {
  const url = new URL(required("DATABASE_URL", env));
  const password = secret("DB_PASSWORD", env);
  if (password !== undefined) url.password = encodeURIComponent(password);
  return url.href;
}

const redisUrl = (env = process.env) => required("REDIS_URL", env);

module.exports = { databaseUrl, redisUrl, secret };
