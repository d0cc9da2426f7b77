/** The pages: every link leads somewhere, every command is there. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { readText, root, trackedFiles } from "../support/project";

const pages = (trackedFiles() ?? ["README.md", "CONTRIBUTING.md", "docs/architecture.md"]).filter(
  (file) => file.endsWith(".md") && existsSync(join(root, file)),
);
const scripts = (JSON.parse(readText("package.json")) as { scripts: Record<string, string> }).scripts;

/** Without code, in which brackets are no links. */
const prose = (page: string) =>
  readText(page)
    .replace(/^```[^]*?^```/gmu, "")
    .replace(/`[^`\n]*`/gu, "`");

/** The targets of a page's links and pictures. */
function links(page: string): string[] {
  return [...prose(page).matchAll(/\]\(([^()\s]+)\)/gu)].map(([, target]) => target ?? "");
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchors(page: string): string[] {
  return [
    ...readText(page)
      .replace(/^```[^]*?^```/gmu, "")
      .matchAll(/^#+ (.+)$/gmu),
  ].map(([, heading]) =>
    (heading ?? "")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/ /gu, "-"),
  );
}

function isBroken(page: string, target: string): boolean {
  if (/^[a-z]+:/u.test(target)) return !/^https:\/\/[\w.-]+(?:\/|$)/u.test(target);
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(root, file))) return true;
  return anchor !== undefined && !anchors(file).includes(anchor);
}

describe("the pages", () => {
  for (const page of pages) {
    it(`${page}: every link leads somewhere`, () => {
      assert.deepEqual(
        links(page).filter((target) => isBroken(page, target)),
        [],
      );
    });

    it(`${page}: every npm script is one of package.json's`, () => {
      const named = [...readText(page).matchAll(/npm (?:run (?:--silent )?([\w:-]+)|(test)\b)/gu)];
      assert.deepEqual(
        named.flatMap(([, run, test]) => run ?? test ?? []).filter((name) => !(name in scripts)),
        [],
      );
    });
  }

  it("are found broken where they are", () => {
    assert.equal(isBroken("README.md", "docs/no-such-page.md"), true);
    assert.equal(isBroken("README.md", "#no-such-heading"), true);
    assert.equal(isBroken("examples/shop/README.md", "../../README.md#a-first-deploy-to-aws"), false);
  });
});
