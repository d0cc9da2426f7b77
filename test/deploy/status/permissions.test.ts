import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readText, root } from "../../support/project";

const ACTION = /\b(?:ecs|eks|elasticbeanstalk|elasticloadbalancing|lightsail|logs|ssm):[A-Z]\w+/gu;
const actionsIn = (text: string): readonly string[] => [...new Set(text.match(ACTION) ?? [])].sort();

describe("the permissions of the status", () => {
  it("stand in its page: all that is asked, and nothing else but what it says to do by hand", () => {
    const files = readdirSync(join(root, "deploy/status"), { recursive: true, encoding: "utf8" });
    const sources = files.filter((file) => file.endsWith(".ts")).map((file) => readText(join("deploy/status", file)));
    const calls = sources.flatMap((source) =>
      [...source.matchAll(/\bask\(\s*"([^"]+)"/gu)].map(([, action = ""]) => action),
    );
    const asked = calls.filter((action) => action.includes(":") && !action.startsWith("sts:"));
    const table = readText("docs/status.md")
      .split("\n")
      .filter((line) => line.startsWith("| "))
      .join("\n");
    assert.ok(asked.length > 15, `${asked.length} calls found`);
    assert.deepEqual(actionsIn(table), actionsIn(asked.join(" ")));
  });
});
