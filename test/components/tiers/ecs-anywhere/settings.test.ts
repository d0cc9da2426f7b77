import assert from "node:assert/strict";
import { machinesOf, placement, registrationCommand } from "../../../../components/tiers/ecs-anywhere/machines";
import { settingsOf, settingsSchema, waits } from "../../../../components/tiers/ecs-anywhere/settings";

const messages = (settings: unknown) =>
  settingsSchema.safeParse(settings).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];

describe("settings of ECS Anywhere", () => {
  it("have a default for everything", () => {
    assert.deepEqual(settingsOf({}), {
      activation: null,
      machines: null,
      addresses: [],
      wait: null,
      exec: false,
      filesImage: "public.ecr.aws/docker/library/busybox:1.37.0",
    });
  });

  for (const [written, wanted] of [
    ["2027-01-15T00:00:00Z", "2027-01-15T00:00:00Z"],
    ["2027-01-15 00:00:00 +0000 UTC", "2027-01-15T00:00:00Z"], // what Pulumi makes of an unquoted one
  ] as const) {
    it(`take ${written} for a moment`, () => {
      const settings = settingsOf({ activation: { expires: written } });
      assert.deepEqual(settings.activation, { count: 1, expires: wanted });
      assert.deepEqual(settingsOf(settings), settings, "and the same again");
    });
  }

  for (const expires of [
    "2027-02-31T00:00:00Z",
    "2027-01-15",
    "in a week",
    "2027-01-15T00:00:00+02:00",
    20270115,
    undefined,
  ])
    it(`refuse ${String(expires)} for a moment, and say how to write one`, () =>
      assert.match(messages({ activation: { expires } }).join(), /^activation\.expires: .*2027-01-15T00:00:00Z/u));

  for (const [what, settings, message] of [
    ["no machine", { activation: { count: 0, expires: "2027-01-15T00:00:00Z" } }, /^activation\.count: .*1 to 1000/u],
    ["too many", { activation: { count: 1001, expires: "2027-01-15T00:00:00Z" } }, /^activation\.count: .*1 to 1000/u],
    ["a group with a space", { machines: "my machines" }, /^machines: give letters/u],
    ["a name for an address", { addresses: ["example.com"] }, /^addresses\.0: give an IPv4 address/u],
    ["an unknown key", { activaton: {} }, /activaton/u],
  ] as const)
    it(`refuse ${what}`, () => assert.match(messages(settings).join(), message));

  it("wait for the app, but not while machines are still to register", () => {
    const activation = { expires: "2027-01-15T00:00:00Z" };
    assert.deepEqual(
      [{}, { activation }, { activation, wait: true }, { wait: false }].map((settings) => waits(settingsOf(settings))),
      [true, false, true, false],
    );
  });
});

describe("machines of ECS Anywhere", () => {
  const registration = {
    region: "eu-west-1",
    cluster: "spectrum-dev",
    machines: "shop",
    gpu: false,
    activationId: "id-1",
    activationCode: "code-1",
  };

  it("register by one line, which names their group before the agent starts", () => {
    assert.equal(
      registrationCommand(registration),
      "sudo mkdir -p /etc/ecs && " +
        `echo 'ECS_INSTANCE_ATTRIBUTES={"spectrum.machines":"shop"}' | sudo tee -a /etc/ecs/ecs.config && ` +
        "curl --proto '=https' -fsS -o ecs-anywhere-install.sh " +
        "https://amazon-ecs-agent.s3.amazonaws.com/ecs-anywhere-install-latest.sh && " +
        "sudo bash ecs-anywhere-install.sh --region eu-west-1 --cluster spectrum-dev " +
        "--activation-id id-1 --activation-code code-1",
    );
    assert.match(registrationCommand({ ...registration, gpu: true }), / --enable-gpu$/u);
  });

  it("are those of the app's own group, and of its images' processor", () => {
    assert.deepEqual(placement("shop", null), ["attribute:spectrum.machines == shop"]);
    assert.deepEqual(placement("shop", "arm64")[1], "attribute:ecs.cpu-architecture == arm64");
    assert.equal(machinesOf("shop", null), "shop");
    assert.equal(machinesOf("shop", "office"), "office");
    assert.match(machinesOf("größe", null), /^[0-9a-f]{8}$/u);
  });
});
