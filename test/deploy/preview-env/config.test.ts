import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "yaml";
import { InputError } from "../../../app/finding";
import { destroyFile, previewFile, type PreviewChoice } from "../../../deploy/preview-env/config";
import { hasEnded, lastDay } from "../../../deploy/preview-env/ends";
import { endedPreviews, whatIsKnown } from "../../../deploy/preview-env/found";
import { sharedHosts } from "../../../deploy/preview-env/make";
import { isPreviewStack, previewStack } from "../../../deploy/preview-env/name";
import type { Plan } from "../../../plan/types";

describe("the name of a preview environment", () => {
  it("shows the branch, is short, and is another for each", () => {
    assert.match(previewStack("fix-login"), /^pr-fix-login-[0-9a-f]{6}$/u);
    assert.match(previewStack("Feature/Überlange Zweige_2026"), /^pr-feature-berlan-[0-9a-f]{6}$/u);
    const branch = fc.string({ minLength: 1, maxLength: 60, unit: "grapheme" });
    fc.assert(
      fc.property(branch, branch, (a, b) => {
        const name = previewStack(a);
        assert.ok(isPreviewStack(name) && name.length <= 24, name);
        assert.match(name, /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/u);
        assert.equal(name === previewStack(b), a === b);
      }),
    );
    assert.notEqual(previewStack("a/b"), previewStack("a-b"));
  });

  it("is never that of another environment", () => {
    for (const name of ["dev", "prod", "pr-dev", "pr-abcdef", "preview-fix-1f0c2a", "pr-A-1f0c2a"])
      assert.ok(!isPreviewStack(name), name);
  });
});

describe("the end of a preview environment", () => {
  const today = "2026-12-30";
  for (const [given, expected] of [
    [{}, { day: "2027-01-02" }],
    [{ days: "1" }, { day: "2026-12-31" }],
    [{ until: today }, { day: today }],
    [{ until: "2027-01-29" }, { day: "2027-01-29" }],
    [{ days: "0" }, { wrong: '--days got "0"; give 1 to 30' }],
    [{ days: "31" }, { wrong: '--days got "31"; give 1 to 30' }],
    [{ days: "1.5" }, { wrong: '--days got "1.5"; give 1 to 30' }],
    [{ days: "soon" }, { wrong: '--days got "soon"; give 1 to 30' }],
    ...["2026-12-29", "2027-01-30", "2027-02-31", "tomorrow", "2026-12-31T00:00:00Z"].map(
      (until) =>
        [
          { until },
          { wrong: `--until got "${until}"; give a day from 2026-12-30 to 2027-01-29, as 2027-01-02` },
        ] as const,
    ),
    [{ until: "2027-01-01", days: "1" }, { wrong: "--until and --days both say when it ends; give one" }],
  ] as const) {
    it(`is taken, or refused, of ${JSON.stringify(given)}`, () => assert.deepEqual(lastDay(given, today), expected));
  }

  it("is the last day, which still belongs to it", () => {
    assert.deepEqual(
      [hasEnded("2026-12-29", today), hasEnded(today, today), hasEnded("2027-01-01", today)],
      [true, false, false],
    );
  });
});

const choice: PreviewChoice = { branch: "fix/{login}", from: "dev", stack: "pr-fix-login-1f0c2a", ends: "2026-12-01" };

interface File {
  readonly encryptionsalt?: string;
  readonly config: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}
const fileOf = (text: string): File => parse(text) as File;
const base = (config: object, top: object = {}): string =>
  JSON.stringify({ ...top, config: { "aws:region": "eu-central-1", ...config } });
const made = (config: object, top?: object): File => fileOf(previewFile(base(config, top), null, choice).text);
const shop = (more: object) => ({ "spectrum:apps": { shop: { compose: "c.yaml", ...more } } });
const ZONE = { "spectrum:platform": { hostedZoneId: "Z1" } };

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof InputError);
    return error.message;
  }
  return assert.fail("it went through");
}

describe("the stack file of a preview environment", () => {
  it("is like the other's, lets its data go, and is tagged", () => {
    const { config } = made({
      ...shop({ tier: "eks", data: "keep" }),
      "spectrum:tags": { team: "shop", environment: "dev" },
      "aws:allowedAccountIds": ["123456789012"],
    });
    assert.deepEqual(config["spectrum:apps"]?.shop, { compose: "c.yaml", tier: "eks", data: "delete" });
    assert.deepEqual(config["spectrum:tags"], {
      team: "shop",
      environment: "pr-fix-login-1f0c2a",
      PreviewBranch: "fix/_login_",
      PreviewFrom: "dev",
      PreviewEnds: "2026-12-01",
    });
    assert.deepEqual([config["aws:region"], config["aws:allowedAccountIds"]], ["eu-central-1", ["123456789012"]]);
    assert.equal("spectrum:platform" in config, false);
  });

  it("has host names of its own in the zone that is there", () => {
    const { config } = made({
      ...ZONE,
      ...shop({ domain: "shop.example.com", hosts: [{ host: "example.com", path: "/shop" }] }),
    });
    assert.equal(config["spectrum:apps"]?.shop?.domain, "pr-fix-login-1f0c2a.shop.example.com");
    assert.deepEqual(config["spectrum:apps"].shop.hosts, [{ host: "pr-fix-login-1f0c2a.example.com", path: "/shop" }]);
    const named = made({
      "spectrum:platform": { hostedZoneName: "example.com", certificateArn: "arn:x" },
      ...shop({ domain: "example.com" }),
    });
    // of a name that the other's certificate does not hold, one is made
    assert.deepEqual(named.config["spectrum:platform"], { hostedZoneName: "example.com" });
  });

  for (const [title, platform, left] of [
    ["there is no zone", { egress: "nat" }, { egress: "nat" }],
    [
      "the other makes its zone",
      { hostedZoneName: "example.com", createHostedZone: true, egress: "nat" },
      { egress: "nat" },
    ],
  ] as const) {
    it(`has no host names where ${title}, and says so`, () => {
      const given = base({ "spectrum:platform": platform, ...shop({ domain: "shop.example.com" }) });
      const { text, notices } = previewFile(given, null, choice);
      assert.equal(fileOf(text).config["spectrum:apps"]?.shop?.domain, undefined);
      assert.deepEqual(fileOf(text).config["spectrum:platform"], left);
      assert.equal(notices.length, 1);
      assert.match(notices[0] ?? "", /^shop is reached by its address alone/u);
    });
  }

  it("takes over secrets with the key that they are encrypted with", () => {
    const secrets = { "spectrum:secrets": { shop: { KEY: { secure: "v1:a" } } } };
    const passphrase = made({ ...secrets, ...shop({}) }, { encryptionsalt: "v1:salt" });
    assert.equal(passphrase.encryptionsalt, "v1:salt");
    assert.deepEqual(passphrase.config["spectrum:secrets"], secrets["spectrum:secrets"]);
    const kms = parse(
      previewFile(base(secrets, { secretsprovider: "awskms://k", encryptedkey: "e" }), null, choice).text,
    ) as object;
    assert.deepEqual(
      { ...kms, config: undefined },
      { secretsprovider: "awskms://k", encryptedkey: "e", config: undefined },
    );
    // a new secret of the other's comes with the next one
    const again = previewFile(
      base(secrets, { encryptionsalt: "v1:salt" }),
      base({ "spectrum:secrets": {} }, { encryptionsalt: "v1:old" }),
      choice,
    );
    assert.deepEqual(fileOf(again.text).config["spectrum:secrets"], secrets["spectrum:secrets"]);
  });

  it("asks for those that Pulumi Cloud encrypts to be taken over, and keeps them then", () => {
    const secrets = { "spectrum:secrets": { shop: { KEY: { secure: "cloud" } } } };
    assert.match(
      refusal(() => previewFile(base(secrets), null, choice)),
      /^spectrum:secrets: .*`pulumi stack init --no-select pr-fix-login-1f0c2a && pulumi config cp --stack dev --dest pr-fix-login-1f0c2a`/u,
    );
    const own = { "spectrum:secrets": { shop: { KEY: { secure: "of its own" } } } };
    assert.deepEqual(
      fileOf(previewFile(base(secrets), base(own), choice).text).config["spectrum:secrets"],
      own["spectrum:secrets"],
    );
    // a destroy needs none
    assert.equal("spectrum:secrets" in fileOf(destroyFile(base(secrets), choice).text).config, false);
  });

  it("is refused of a protected environment, but for a destroy", () => {
    for (const value of [true, "true"])
      assert.match(
        refusal(() => previewFile(base({ "spectrum:protected": value }), null, choice)),
        /dev is protected: .* take another environment/u,
      );
    assert.ok(destroyFile(base({ "spectrum:protected": true }), choice).text.includes("PreviewEnds"));
  });
});

describe("what is known of a preview environment", () => {
  const resource = (type: string, tags?: object) => ({
    urn: `urn:${type}`,
    type,
    custom: true,
    inputs: { ...(tags && { tags }) },
  });

  it("is read from its resources' tags", () => {
    const tags = { PreviewBranch: "fix", PreviewFrom: "dev", PreviewEnds: "2026-12-01" };
    const state = {
      resources: [
        resource("pulumi:providers:aws"),
        resource("aws:a/b:C", tags),
        resource("aws:a/b:D", { ...tags, PreviewEnds: "2026-12-05" }),
      ],
      pending: [],
    };
    assert.deepEqual(whatIsKnown("pr-fix-1f0c2a", state), {
      stack: "pr-fix-1f0c2a",
      branch: "fix",
      from: "dev",
      ends: "2026-12-05",
      resources: 2,
    });
  });

  it("is nothing where none was made, and that is not taken away", () => {
    const empty = whatIsKnown("pr-fix-1f0c2a", { resources: [], pending: [] });
    assert.deepEqual(empty, { stack: "pr-fix-1f0c2a", branch: null, from: null, ends: null, resources: 0 });
    const old = { ...empty, ends: "2026-12-01" };
    assert.deepEqual(endedPreviews([empty, old, { ...empty, ends: "2026-12-02" }], "2026-12-02"), [old]);
  });

  it("has no host of the environment that it is like", () => {
    const record = (name: unknown) => ({ type: "aws:route53/record:Record", inputs: { name } });
    const plan = (...names: readonly unknown[]) => ({ resources: names.map(record) }) as unknown as Plan;
    assert.deepEqual(
      sharedHosts(plan("a.example.com", { $output: "x" }), plan("b.example.com", { $output: "x" }), choice),
      [],
    );
    const [shared] = sharedHosts(plan("a.example.com"), plan("a.example.com"), choice);
    assert.match(shared?.message ?? "", /^the host a\.example\.com is dev's/u);
  });
});
