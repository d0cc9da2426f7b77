/** The report as a browser shows it: a whole page of the shop, seen by a real Chromium. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "puppeteer-core";
import { compareTiers } from "../../../plan/compare/compare";
import { reportPage } from "../../../plan/report/page";
import { readWorkflow } from "../../../stacks/workflows";
import { root } from "../../support/project";
import { findChromium, type Look, openPage, startBrowser } from "./browser";

const chromium = findChromium();
const TIERS = ["lightsail", "fargate", "eks"] as const;
const DESK = { scheme: "light", width: 1280, script: true } as const;
const PHONE = 390;

/** What an expression is in the page: as text, for the page knows names that this program does not. */
const ask = async <T>(page: Page, expression: string): Promise<T> => (await page.evaluate(expression)) as T;

(chromium === null ? describe.skip : describe)("the report in a browser", function () {
  this.timeout(120_000);
  let folder: string;
  let address: string;
  let browser: Browser;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "spectrum-"));
    const file = join(folder, "index.html");
    const sweep = { key: "requests", from: 0, to: 5e7, step: 1e7 } as const;
    const order = { name: "order", ...readWorkflow(join(root, "examples/shop/workflows/order.asl.yaml")) };
    const compose = ["examples/shop/compose.yaml"];
    writeFileSync(file, reportPage(await compareTiers({ root, compose, tiers: TIERS, sweep }), [order]));
    address = pathToFileURL(file).href;
    browser = await startBrowser(chromium ?? "");
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  /** Does something on the page, which must say nothing, fail at nothing and ask for nothing. */
  async function on(look: Look, act: (page: Page) => Promise<void>, part = ""): Promise<void> {
    const { page, told } = await openPage(browser, address + part, look);
    await act(page);
    assert.deepEqual(told, []);
    await page.close();
  }

  /** The tiers that are to be seen, and whether each is unfolded. */
  const shown = (page: Page) =>
    ask<readonly string[]>(
      page,
      `[...document.querySelectorAll("details.tier")].filter((part) => part.checkVisibility())
        .map((part) => part.dataset.tier + (part.open ? " open" : ""))`,
    );
  const visible = (page: Page, selector: string) =>
    ask<boolean>(page, `document.querySelector(${JSON.stringify(selector)}).checkVisibility()`);
  /** A click by the mouse, where the element is seen. */
  const click = async (page: Page, selector: string) => {
    const element = await page.waitForSelector(selector, { visible: true });
    await element?.scrollIntoView();
    await element?.click();
  };

  it("shows one tier, all of them, and folds", async () => {
    await on(DESK, async (page) => {
      assert.deepEqual(await shown(page), ["lightsail open", "fargate", "eks"]);
      await click(page, "[data-choose=fargate]");
      assert.deepEqual(await shown(page), ["fargate open"]);
      assert.equal(
        await ask(page, `document.querySelector("[data-choose=fargate]").getAttribute("aria-pressed")`),
        "true",
      );
      await click(page, "[data-choose='']");
      assert.deepEqual(await shown(page), ["lightsail open", "fargate open", "eks"]);
      await click(page, "[data-fold=close]");
      assert.deepEqual(await shown(page), ["lightsail", "fargate", "eks"]);
      await click(page, "[data-fold=open]");
      assert.deepEqual(await shown(page), ["lightsail open", "fargate open", "eks open"]);
      await click(page, "#tier__eks > summary");
      assert.deepEqual(await shown(page), ["lightsail open", "fargate open", "eks"]);
    });
  });

  it("leads from the table to a tier, though it is folded and another one is shown alone", async () => {
    await on(DESK, async (page) => {
      await click(page, "[data-choose=lightsail]");
      await click(page, "#compare a[href='#tier__eks']");
      await page.waitForFunction(`document.querySelector("#tier__eks").checkVisibility()`);
      assert.deepEqual(await shown(page), ["lightsail open", "fargate", "eks open"]);
    });
  });

  it("unfolds a component from its box in the picture, and folds it again", async () => {
    const part = "#tier__fargate";
    await on(
      DESK,
      async (page) => {
        const target = await ask<string>(page, `document.querySelector("${part} a.box").getAttribute("href")`);
        assert.equal(await visible(page, target), false);
        await click(page, `${part} a.box`);
        await page.waitForFunction(`document.querySelector("${target}").closest("details").open`);
        assert.equal(await visible(page, target), true);
        await click(page, `${part} details.component[open] > summary`);
        assert.equal(await visible(page, target), false);
      },
      part,
    );
  });

  it("marks what differs from the tier that is chosen, in resources, in components and in numbers", async () => {
    const part = "#tier__fargate";
    interface Marks {
      readonly said: string;
      readonly fresh: number;
      readonly other: number;
      readonly signs: number;
      readonly components: readonly string[];
    }
    const marks = (page: Page) =>
      ask<Marks>(
        page,
        `(() => {
          const tier = document.querySelector("${part}");
          return {
            said: tier.querySelector(".difference").textContent,
            fresh: tier.querySelectorAll("g.box.new").length,
            other: tier.querySelectorAll("g.box.other").length,
            signs: [...tier.querySelectorAll(".box .sign")].filter(({ textContent }) => textContent !== "").length,
            components: [...tier.querySelectorAll("a.box")].map((box) => box.getAttribute("class").slice(4)),
          };
        })()`,
      );
    await on(
      DESK,
      async (page) => {
        const before = await marks(page);
        await page.select(`${part} [data-against]`, "eks");
        const now = await marks(page);
        assert.notDeepEqual(now, before);
        for (const { said, fresh, other, signs, components } of [before, now]) {
          assert.match(
            said ?? "",
            new RegExp(`^${fresh} only here, ${other} with other inputs, \\d+ only there$`, "u"),
          );
          assert.equal(signs, fresh + other + components.filter(Boolean).length);
        }
        // the network is the same on both; on Lightsail there is none
        assert.ok(
          before.components.filter((kind) => kind === "new").length >
            now.components.filter((kind) => kind === "new").length,
        );
        await page.select(`${part} [data-against]`, "lightsail");
        assert.deepEqual(await marks(page), before);
      },
      part,
    );
  });

  it("is used by the keyboard alone", async () => {
    await on(DESK, async (page) => {
      await page.keyboard.press("Tab");
      assert.equal(await ask(page, "document.activeElement.className"), "skip");
      await page.focus("#tier__fargate > summary");
      await page.keyboard.press("Enter");
      assert.deepEqual(await shown(page), ["lightsail open", "fargate open", "eks"]);
      await page.focus("[data-choose=eks]");
      await page.keyboard.press("Space");
      assert.deepEqual(await shown(page), ["eks open"]);
    });
  });

  it("has all its content without its script: a tier unfolds, the choosers are not there", async () => {
    await on({ ...DESK, script: false }, async (page) => {
      assert.equal(await visible(page, ".chooser"), false);
      await click(page, "#tier__eks > summary");
      assert.equal(await visible(page, "#tier__eks .picture"), true);
    });
  });

  it("unfolds everything on paper, and leaves out what only a screen has", async () => {
    await on(DESK, async (page) => {
      await page.emulateMediaType("print");
      assert.equal(await visible(page, "#tier__eks details.component .picture"), true);
      assert.equal(await visible(page, ".chooser"), false);
    });
  });

  for (const scheme of ["light", "dark"] as const)
    for (const width of [DESK.width, PHONE])
      it(`breaks no rule of accessibility: ${scheme}, ${width} pixels wide; and no part is wider than the screen`, async () => {
        await on({ scheme, width, script: true }, async (page) => {
          // content that is folded is not looked at
          await page.evaluate(`for (const part of document.querySelectorAll("details")) part.open = true`);
          await page.evaluate(readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
          const { violations } = await ask<AxeResults>(page, "axe.run()");
          assert.deepEqual(
            violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html)]),
            [],
          );
          assert.equal(await ask(page, "document.documentElement.scrollWidth"), width);
        });
      });
});
