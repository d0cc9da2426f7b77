/** A suite under Pulumi's real engine: skipped by name where the CLI is not, a cloud and at most one stack for each test. */
import type { StackOptions, Tools } from "./engine";
import { EngineStack, findTools } from "./engine";
import { Cloud, type Done, UNLUCKY } from "./stand-in/cloud";

export interface EngineSuite {
  /** The cloud of the test that runs. */
  readonly cloud: Cloud;
  /** Opens the test's stack, which is closed after it. */
  open(options: StackOptions): Promise<EngineStack>;
  /** What the cloud has done from a place in its log on. */
  done(from: number): readonly Done[];
  /** What has been done to resources of a type from a place in the log on. */
  touched(from: number, type: string): readonly string[];
}

/** @param minutes that one test may take */
export function engineSuite(name: string, minutes: number, body: (suite: EngineSuite) => void): void {
  describe(name, function () {
    this.timeout(minutes * 60_000);
    let tools: Tools;
    let cloud: Cloud;
    let stack: EngineStack | undefined;

    before(function () {
      const found = findTools();
      if (found) tools = found;
      else this.skip();
    });
    beforeEach(() => (cloud = new Cloud({ slow: UNLUCKY })));
    afterEach(() => {
      stack?.close();
      stack = undefined;
    });

    const done = (from: number) => cloud.log.slice(from);
    body({
      get cloud() {
        return cloud;
      },
      open: async (options) => (stack = await EngineStack.open(tools, cloud, options)),
      done,
      touched: (from, type) =>
        done(from)
          .filter((one) => one.type === type)
          .map(({ operation }) => operation),
    });
  });
}
