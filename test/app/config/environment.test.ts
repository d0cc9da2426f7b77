import assert from "node:assert/strict";
import { readEnvironment } from "../../../app/config/read";
import { InputError } from "../../../app/finding";

const good = { "aws:region": "us-east-1", "spectrum:apps": '{"shop":{"compose":"compose.yaml"}}' };
const read = (values: Record<string, string>, secretKeys: string[] = []) =>
  readEnvironment({ stack: "dev", values: { ...good, ...values }, secretKeys: new Set(secretKeys) });

function problems(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof InputError) return error.problems.map((p) => `${p.key}: ${p.message}`);
    throw error;
  }
  return [];
}

describe("readEnvironment", () => {
  it("has the apps by name, as Pulumi sorts maps and a stack's file does not", () => {
    const apps = { web: { compose: "a.yaml" }, api: { compose: "b.yaml" } };
    assert.deepEqual(Object.keys(read({ "spectrum:apps": JSON.stringify(apps) }).apps), ["api", "web"]);
  });

  it("fills in every default", () => {
    assert.deepEqual(read({}), {
      name: "dev",
      region: "us-east-1",
      defaults: 1,
      protected: false,
      tags: {},
      secretNames: {},
      platform: {
        egress: null,
        availabilityZones: 2,
        vpcId: null,
        hostedZoneId: null,
        hostedZoneName: null,
        createHostedZone: false,
        lightsailZoneName: null,
        createLightsailZone: false,
        healthChecks: null,
        certificateArn: null,
        loadBalancerArn: null,
        entry: "alb",
        ecsClusterArn: null,
        permissionsBoundary: null,
        registries: {},
        registry: { environment: null, readers: [] },
        insights: "off",
        eks: { version: "1.36", admins: [], viewers: [], publicAccessCidrs: [], logTypes: null },
        eksClusterName: null,
        secretStore: "ssm",
        backup: null,
      },
      apps: {
        shop: {
          compose: ["compose.yaml"],
          release: null,
          profiles: [],
          variables: {},
          rest: {},
          defaultTier: null,
          defaultTimeToFail: 600,
        },
      },
      workflows: {},
      budget: null,
      policy: { exemptions: [] },
      overrides: [],
      usage: {
        requests: 100_000,
        gbOut: 1,
        gbFetched: 1,
        gbLogs: 0.1,
        gbStored: 1,
        gbImages: 0.5,
        messages: 10_000,
        executions: 30,
        hours: 24,
        replicas: null,
        machines: 1,
      },
    });
  });

  it("has a budget, and its own words on what its apps use", () => {
    const { budget, usage } = read({ "spectrum:budget": "500", "spectrum:usage": '{"gbOut":20}' });
    assert.equal(budget, 500);
    assert.equal(usage.gbOut, 20);
    assert.equal(usage.requests, 100_000);
  });

  it("has workflows, STANDARD unless told otherwise", () => {
    const workflows = '{"nightly":{"definition":"a.yaml"},"quick":{"definition":"b.yaml","type":"EXPRESS"}}';
    const defaults = {
      logging: { level: null, executionData: false },
      tracing: true,
      kmsKeyArn: null,
      policies: [],
      triggers: { schedule: [], events: [], queues: [], deploy: false },
      alarmActions: [],
      canary: null,
      connections: {},
    };
    assert.deepEqual(read({ "spectrum:workflows": workflows }).workflows, {
      nightly: { definition: "a.yaml", type: "STANDARD", ...defaults },
      quick: { definition: "b.yaml", type: "EXPRESS", ...defaults },
    });
  });

  it("takes three zones where protected, unless told otherwise", () => {
    assert.equal(read({ "spectrum:protected": "true" }).platform.availabilityZones, 3);
    const two = read({ "spectrum:protected": "true", "spectrum:platform": '{"availabilityZones":2}' });
    assert.equal(two.platform.availabilityZones, 2);
  });

  it("checks names where it is told to", () => {
    const checks = (text: string) => read({ "spectrum:platform": `{"healthChecks":${text}}` }).platform.healthChecks;
    assert.deepEqual(checks("true"), { alarmActions: [] });
    assert.deepEqual(checks("false"), null);
    const topic = "arn:aws:sns:us-east-1:123456789012:down";
    assert.deepEqual(checks(`{"alarmActions":["${topic}"]}`), { alarmActions: [topic] });
  });

  it("reads exemptions from the policy, of whose day Pulumi may have made a time", () => {
    const given = { rule: "two-zones", resource: "shop-*", reason: "a trial", until: "2027-01-31 00:00:00 +0000 UTC" };
    const { policy } = read({ "spectrum:policy": JSON.stringify({ exemptions: [given] }) });
    assert.deepEqual(policy.exemptions, [{ ...given, until: "2027-01-31" }]);
  });

  it("reads variables of any scalar as text", () => {
    const env = read({
      "spectrum:apps": '{"shop":{"compose":["a","b"],"variables":{"A":1.5,"B":true,"C":"x"},"tier":"fargate"}}',
    });
    assert.deepEqual(env.apps.shop?.variables, { A: "1.5", B: "true", C: "x" });
    assert.deepEqual(env.apps.shop?.compose, ["a", "b"]);
    assert.deepEqual(env.apps.shop?.rest, { tier: "fargate" });
  });

  it("knows secrets by their names alone", () => {
    const env = read({ "spectrum:secrets": '{"shop":{"B":"b-value","A":"a-value"},"$platform":{"GHCR":"x"}}' }, [
      "spectrum:secrets",
    ]);
    assert.deepEqual(env.secretNames, { shop: ["A", "B"], $platform: ["GHCR"] });
    assert.equal(JSON.stringify(env).includes("-value"), false);
  });

  const cases: [string, Record<string, string>, string[], RegExp[]][] = [
    ["no region", { "aws:region": "" }, [], [/^aws:region: got ""; give a region/]],
    ["a wrong region", { "aws:region": "Frankfurt" }, [], [/^aws:region: got "Frankfurt"/]],
    [
      "an unknown key",
      { "spectrum:protect": "true" },
      [],
      [/^spectrum:protect: unknown key; did you mean protected\?/],
    ],
    [
      "a nested unknown key",
      { "spectrum:platform": '{"egres":"nat"}' },
      [],
      [/^spectrum:platform\.egres: unknown key; did you mean egress\?/],
    ],
    [
      "a wrong choice",
      { "spectrum:platform": '{"entry":"nginx"}' },
      [],
      [/^spectrum:platform\.entry: got "nginx"; allowed: alb, apigateway$/],
    ],
    [
      "a permissions boundary that is no policy",
      { "spectrum:platform": '{"permissionsBoundary":"arn:aws:iam::123456789012:role/x"}' },
      [],
      [/^spectrum:platform\.permissionsBoundary: got .+; give the ARN of an IAM policy such as arn:aws:iam::/u],
    ],
    [
      "a load balancer where API Gateway is the entry",
      { "spectrum:platform": '{"entry":"apigateway","loadBalancerArn":"arn:aws:x"}' },
      [],
      [
        /^spectrum:platform\.loadBalancerArn: the entry apigateway has no load balancer; leave the key out, or say entry: alb$/,
      ],
    ],
    [
      "readers of repositories that are another environment's",
      { "spectrum:platform": '{"registry":{"environment":"test","readers":["222222222222"]}}' },
      [],
      [
        /^spectrum:platform\.registry\.readers: the repositories are test's, .*; name the accounts in Pulumi\.test\.yaml$/,
      ],
    ],
    [
      "a reader that is no account",
      { "spectrum:platform": '{"registry":{"readers":["22"]}}' },
      [],
      [
        /^spectrum:platform\.registry\.readers\[0\]: got "22"; give an account's id of 12 digits, in quotes: "123456789012"$/,
      ],
    ],
    [
      "an egress that there is not",
      { "spectrum:platform": '{"egress":"vpn"}' },
      [],
      [/^spectrum:platform\.egress: got "vpn"; allowed: public, nat, nat-per-az, endpoints$/],
    ],
    ["a wrong type", { "spectrum:protected": "maybe" }, [], [/^spectrum:protected: got "maybe"; give a boolean$/]],
    [
      "no Compose file",
      { "spectrum:apps": '{"shop":{}}' },
      [],
      [/^spectrum:apps\.shop\.compose: got nothing; give a Compose file's path/],
    ],
    [
      "an app's name",
      { "spectrum:apps": '{"Shop_1":{"compose":"c"}}' },
      [],
      [/^spectrum:apps\.Shop_1: an app's name is/],
    ],
    [
      "a workflow without definition",
      { "spectrum:workflows": '{"nightly":{}}' },
      [],
      [/^spectrum:workflows\.nightly\.definition: got nothing|^spectrum:workflows\.nightly\.definition: is missing/],
    ],
    [
      "a workflow of another type",
      { "spectrum:workflows": '{"nightly":{"definition":"a.yaml","type":"FAST"}}' },
      [],
      [/^spectrum:workflows\.nightly\.type: got "FAST"; allowed: STANDARD, EXPRESS$/],
    ],
    [
      "a workflow's name",
      { "spectrum:workflows": '{"Nightly":{"definition":"a.yaml"}}' },
      [],
      [/^spectrum:workflows\.Nightly: .*1 to 40 lower-case letters/],
    ],
    ["a budget of nothing", { "spectrum:budget": "0" }, [], [/^spectrum:budget: give more than 0/]],
    [
      "an exemption without a reason, and one whose day is none",
      {
        "spectrum:policy":
          '{"exemptions":[{"rule":"a","resource":"b","reason":" ","until":"2027-02-30"},{"rule":"a","resource":"b","until":"soon"}]}',
      },
      [],
      [
        /^spectrum:policy\.exemptions\[0\]\.reason: is empty; an exemption names/,
        /^spectrum:policy\.exemptions\[0\]\.until: .*there is no such day/,
        /^spectrum:policy\.exemptions\[1\]\.reason: is missing/,
        /^spectrum:policy\.exemptions\[1\]\.until: got "soon"; give a day such as 2027-01-31/,
      ],
    ],
    [
      "a use that is none",
      { "spectrum:usage": '{"hours":30}' },
      [],
      [/^spectrum:usage\.hours: got 30; give at most 24/],
    ],
    ["a secure value in the apps", {}, ["spectrum:apps"], [/^spectrum:apps: holds a secure value; .*spectrum:secrets/]],
    [
      "plain values as secrets",
      { "spectrum:secrets": '{"shop":{"A":"x"}}' },
      [],
      [/^spectrum:secrets: holds plain values; .*--secret/],
    ],
    [
      "a secret of no app",
      { "spectrum:secrets": '{"shp":{"A":"x"}}' },
      ["spectrum:secrets"],
      [/^spectrum:secrets\.shp: no app has this name; did you mean shop\?/],
    ],
    ["two at once", { "aws:region": "x", "spectrum:protected": "7" }, [], [/^aws:region/, /^spectrum:protected/]],
    [
      "a wrong duration",
      { "spectrum:timeToFail": "soon" },
      [],
      [/^spectrum:timeToFail: got "soon"; give a duration such as 10m/],
    ],
    [
      "a number as a duration",
      { "spectrum:timeToFail": "300" },
      [],
      [/^spectrum:timeToFail: got 300; give a duration such as 10m or 1h30m$/],
    ],
    [
      "a time to fail in which nothing can start",
      { "spectrum:timeToFail": "45s" },
      [],
      [/^spectrum:timeToFail: give 60s or more: nothing pulls an image and passes two health checks in less$/],
    ],
    [
      "records in two places",
      { "spectrum:platform": '{"lightsailZoneName":"example.com","hostedZoneName":"example.com"}' },
      [],
      [/^spectrum:platform\.lightsailZoneName: the names' records are in one place; leave it out, or hostedZoneId/],
    ],
    [
      "a Lightsail zone without a name",
      { "spectrum:platform": '{"createLightsailZone":true}' },
      [],
      [/^spectrum:platform\.createLightsailZone: which one\? give lightsailZoneName too$/],
    ],
    [
      "a topic that no alarm of a health check's can tell",
      { "spectrum:platform": '{"healthChecks":{"alarmActions":["arn:aws:sns:eu-west-1:123456789012:down"]}}' },
      [],
      [/^spectrum:platform\.healthChecks\.alarmActions\[0\]: got .*give the ARN of an SNS topic in us-east-1/],
    ],
    [
      "another version of the defaults",
      { "spectrum:defaults": "2" },
      [],
      [/^spectrum:defaults: got 2; the only version/],
    ],
  ];
  for (const [what, values, secretKeys, expected] of cases) {
    it(`refuses ${what}`, () => {
      const got = problems(() => read(values, secretKeys));
      assert.equal(got.length, expected.length, got.join("\n"));
      expected.forEach((pattern, i) => assert.match(got[i] ?? "", pattern));
    });
  }
});
