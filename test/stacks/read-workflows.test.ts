/** What is wrong with an environment's workflows, found before anything is registered. */
import assert from "node:assert/strict";
import { planFolder } from "../support/plan-folder";

const task = (Resource: string, more: object = {}) => ({
  StartAt: "A",
  States: { A: { Type: "Task", Resource, Retry: [{ ErrorEquals: ["States.TaskFailed"] }], ...more, End: true } },
});
const jsonata = (definition: object) => ({ QueryLanguage: "JSONata", ...definition });
const DOMAIN = { domain: "shop.example.com" };
const SERVICES = {
  api: { image: "nginx:1.27", ports: ["80:80"] },
  worker: { image: "example/worker:1", "x-spectrum": { queue: true } },
};

interface Given {
  readonly workflows: Readonly<Record<string, object>>;
  readonly definitions: Readonly<Record<string, object>>;
  readonly app?: object;
  readonly services?: object;
  readonly config?: object;
}

const plan = ({ workflows, definitions, app = DOMAIN, services = SERVICES, config = {} }: Given) =>
  planFolder({
    config: {
      "spectrum:platform": { hostedZoneName: "example.com", createHostedZone: true },
      "spectrum:apps": { shop: { compose: "compose.yaml", tier: "fargate", ...app } },
      "spectrum:workflows": Object.fromEntries(
        Object.entries(workflows).map(([name, more]) => [name, { definition: `${name}.asl.yaml`, ...more }]),
      ),
      ...config,
    },
    files: {
      "compose.yaml": { services },
      ...Object.fromEntries(Object.entries(definitions).map(([name, value]) => [`${name}.asl.yaml`, value])),
    },
  });

/** The errors, each as `place message`. */
const errors = async (given: Given) =>
  (await plan(given)).errors.map(
    ({ key, location, message }) => `${key ?? (location ? `${location.file}:${location.line}` : "")} ${message}`,
  );
const one = (definition: object, workflow: object = {}, more: Partial<Given> = {}) =>
  errors({ workflows: { order: workflow }, definitions: { order: definition }, ...more });

describe("workflows are refused before anything is registered", function () {
  this.timeout(60_000);

  it("where the file is missing, and the apps' own mistakes are told beside it", async () => {
    const said = await errors({ workflows: { order: {} }, definitions: {}, app: { tier: "fargat" } });
    assert.equal(said.length, 2);
    assert.match(said[0]!, /fargat/);
    assert.match(said[1]!, /order\.asl\.yaml is missing/);
  });

  it("where a placeholder names nothing, at its line", async () => {
    assert.deepEqual(await one(task("${shop.apy}")), [
      'order.asl.yaml:5 state "A": no job and no service is named shop.apy, did you mean "shop.api"?',
    ]);
    assert.deepEqual(await one(task("${nightly}")), [
      'order.asl.yaml:5 state "A": no workflow is named nightly, there are order',
    ]);
  });

  it("where a service is reached by no HTTPS", async () => {
    const [said] = await one(task("${shop.api}"), {}, { app: {} });
    assert.match(said!, /the service shop\.api has no HTTPS endpoint/);
  });

  for (const [what, app, platform] of [
    ["a domain", DOMAIN, {}],
    ["API Gateway", {}, { entry: "apigateway" }],
    ["CloudFront", { cdn: true }, {}],
    ["Lightsail's own", { tier: "lightsail" }, {}],
  ] as const)
    it(`not where its HTTPS comes of ${what}`, async () => {
      const given = { workflows: { order: {} }, definitions: { order: task("${shop.api}") } };
      const made = await plan({
        ...given,
        app,
        services: { api: SERVICES.api },
        config: { "spectrum:platform": { hostedZoneName: "example.com", createHostedZone: true, ...platform } },
      });
      assert.deepEqual(made.errors, []);
      const { definition } = made.made.one("aws:sfn/stateMachine:StateMachine", "order").inputs;
      assert.match(JSON.stringify(definition), /http:invoke/);
    });

  it("where no role can be made that is allowed no more than it needs, until the config says on what", async () => {
    const definition = jsonata(task("arn:aws:states:::sqs:sendMessage", { Arguments: { QueueUrl: "{% $q %}" } }));
    const [said] = await one(definition);
    assert.match(said!, /^order\.asl\.yaml:6 state "A": which resource arn:aws:states:::sqs:sendMessage acts on/);
    assert.match(
      said!,
      /spectrum:workflows\.order\.policies: \[\{ actions: \["sqs:SendMessage"\], resources: \[arn:…\] \}\]/,
    );
    const resources = ["arn:aws:sqs:us-east-1:123456789012:orders"];
    assert.equal((await one(definition, { policies: [{ actions: ["sqs:Receive*"], resources }] })).length, 1);
    assert.deepEqual(await one(definition, { policies: [{ actions: ["sqs:Send*"], resources }] }), []);
  });

  it("where they call each other in a circle", async () => {
    const calls = (name: string) => task(`\${${name}}`);
    assert.deepEqual(
      await errors({
        workflows: { a: {}, b: {}, c: {} },
        definitions: { a: calls("b"), b: calls("c"), c: calls("b") },
      }),
      ['c.asl.yaml:5 state "A": workflows that call each other in a circle never end: b → c → b'],
    );
  });

  it("where one that is EXPRESS would have to be awaited", async () => {
    const said = await errors({
      workflows: { order: {}, quick: { type: "EXPRESS" } },
      definitions: { order: task("${quick}"), quick: task("${shop.api}") },
    });
    assert.match(said[0]!, /the workflow quick is EXPRESS, whose end nobody can await/);
  });

  it("where a queue is none, or its service works it off itself", async () => {
    const on = (queue: string) => one(task("${shop.api}"), { triggers: { queues: [{ queue }] } });
    assert.deepEqual(await on("shop.workr"), [
      'spectrum:workflows.order.triggers.queues[0].queue got shop.workr, which has no queue, did you mean "shop.worker"?',
    ]);
    assert.match(
      (await on("shop.worker"))[0]!,
      /works off that queue itself, so each message would go to one of the two/,
    );
    assert.match((await on("worker"))[0]!, /give a job's queue as app\.service, or the ARN of an SQS queue/);
  });

  it("where a connection names no service or no secret", async () => {
    const on = (connections: object) => one(task("${shop.api}"), { connections });
    assert.match((await on({ "shop.apy": { secret: "KEY" } }))[0]!, /shop\.apy is no service with an HTTPS endpoint/);
    assert.match(
      (await on({ "shop.api": { secret: "KEY" } }))[0]!,
      /spectrum:secrets\.shop has no KEY, there is none; set it: pulumi config set --secret --path 'spectrum:secrets\.shop\.KEY'/,
    );
  });
});
