import assert from "node:assert/strict";
import { LogGroups } from "../../../components/platform/logs";
import { recordResources } from "../../support/record";
import { environment } from "./fixtures";

const GROUP = "aws:cloudwatch/logGroup:LogGroup";

const record = (use: (logs: LogGroups) => unknown, isProtected = false) =>
  recordResources(() => {
    use(new LogGroups("shop", { app: "shop", environment: environment({}, { protected: isProtected }) }));
  });

describe("log groups", () => {
  for (const [isProtected, days] of [
    [false, 14],
    [true, 90],
  ] as const) {
    it(`keep ${days} days where the environment is ${isProtected ? "" : "not "}protected`, async () => {
      const made = await record((logs) => logs.of("web"), isProtected);
      assert.deepEqual(made.one(GROUP, "shop-web").inputs, { name: "/spectrum/dev/shop/web", retentionInDays: days });
    });
  }

  it("are made for who asks, each once, in a component that has no tier in its name", async () => {
    const made = await record((logs) => [logs.of("web"), logs.of("web"), logs.of("api")]);
    assert.deepEqual(
      made.all(GROUP).map((group) => [group.name, made.parentOf(group).type]),
      [
        ["shop-api", "spectrum:platform:Logs"],
        ["shop-web", "spectrum:platform:Logs"],
      ],
    );
    assert.deepEqual((await record(() => undefined)).all(GROUP), []);
  });
});
