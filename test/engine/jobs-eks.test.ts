/** A job on EKS under the real engine: it stops an update that it fails in, and is run again for each new version. */
import assert from "node:assert/strict";

import { isAsPlanned, nothingLeft, place, succeeded } from "./steps";
import { engineSuite } from "./suite";

const JOB = "kubernetes:batch/v1:Job";
const CRON_JOB = "kubernetes:batch/v1:CronJob";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";

const COMPOSE = `services:
  db: { image: "postgres:17" }
  migrate: { image: "a/app:\${VERSION}", depends_on: [db], x-spectrum: { job: deploy } }
  api: { image: "a/app:\${VERSION}", expose: ["3000"], depends_on: [db] }
  report: { image: a/report, x-spectrum: { job: { at: "cron(0 3 * * ? *)" } } }
`;
const version = (VERSION: string) => ({
  "aws:region": "us-east-1",
  "spectrum:apps": { jobs: { compose: "compose.yaml", tier: "eks", data: "delete", variables: { VERSION } } },
});

engineSuite("engine with jobs on eks", 10, (suite) => {
  const images = (type: string, name: string) =>
    suite.cloud
      .all(type)
      .filter(({ urn }) => urn.endsWith(`::${name}`))
      .map(({ inputs }) => /a\/app:\d/u.exec(JSON.stringify(inputs))?.[0]);

  it("stops the update where it fails, and goes on once it has ended well", async () => {
    const stack = await suite.open({ files: { "compose.yaml": COMPOSE }, config: version("1") });
    succeeded(await stack.up());
    await isAsPlanned(stack);
    assert.ok(
      place(suite.cloud.log, "create", JOB) <
        suite.cloud.log.findIndex(({ urn }) => urn.endsWith("::jobs-api") && urn.includes(DEPLOYMENT)),
    );
    assert.equal(suite.cloud.all(CRON_JOB).length, 2);

    suite.cloud.faults.add(`create ${JOB}`);
    stack.configure(version("2"));
    const failed = await stack.up();
    assert.notEqual(failed.code, 0);
    assert.match(failed.stdout + failed.stderr, /jobs-migrate/u);
    assert.deepEqual(images(DEPLOYMENT, "jobs-api"), ["a/app:1"], "the old version goes on");
    assert.deepEqual(images(JOB, "jobs-migrate"), ["a/app:1"]);

    suite.cloud.faults.clear();
    const from = suite.cloud.log.length;
    succeeded(await stack.up());
    await isAsPlanned(stack);
    assert.deepEqual(images(DEPLOYMENT, "jobs-api"), ["a/app:2"]);
    assert.deepEqual(
      suite
        .done(from)
        .map(({ operation, type }) => `${operation} ${type}`)
        .filter((done) => done.endsWith(JOB) || done.endsWith(DEPLOYMENT)),
      [`create ${JOB}`, `update ${DEPLOYMENT}`, `delete ${JOB}`],
    );

    succeeded(await stack.destroy());
    nothingLeft(suite.cloud);
  });
});
