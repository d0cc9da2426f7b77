import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { reportPage } from "../../../plan/report/page";
import { compared, comparison, finding, price, priceLine } from "./comparison";

/** The page's words, without elements. */
const words = (page: string) =>
  page
    .replace(/<(style|script)>.*?<\/\1>/gsu, "")
    .replace(/<[^>]*>/gu, " ")
    .replace(/\s+/gu, " ");
const section = (page: string, id: string) =>
  new RegExp(`<section id="${id}".*?</section>`, "su").exec(page)?.[0] ?? "";
const tierOf = (page: string, tier: string) =>
  new RegExp(`<details\\s+class="tier"\\s+id="tier__${tier}".*?(?=<details\\s+class="tier"|</section>)`, "su").exec(
    page,
  )?.[0] ?? "";

describe("the report", () => {
  const fargate = compared("fargate", price(36.39, 0.15), {
    changed: 1,
    accepted: 1,
    findings: [
      finding("image", "kept"),
      finding("ports[0]", "changed", { location: { file: "compose.yaml", line: 3, column: 5 } }),
      finding("volumes", "refused", { accepted: true, service: null }),
    ],
  });
  const lightsail = compared(
    "lightsail",
    price(7, 0, { lines: [priceLine("a node", 7, { certain: false, source: "remembered" })] }),
  );
  const eks = compared("eks", null, { refused: 1, findings: [finding("privileged", "refused")] });
  const page = reportPage(comparison([lightsail, fargate, eks]));

  it("has a row for each tier in the comparison's order, the cheapest marked, numbers as compare has them", () => {
    const rows = [...section(page, "compare").matchAll(/<tr class="(\w*)">(.*?)<\/tr>/gsu)].map(
      ([, kind, row]) => `${kind}${words(row ?? "")}`,
    );
    assert.deepEqual(rows, [
      " lightsail Title of lightsail ✓ cheapest ~7.00 0.00 7.00 7 0 0 0 by service, by itself, to 5000 tasks seconds ",
      " fargate Title of fargate ✓ yes 36.39 0.15 36.54 7 1 1 0 by service, by itself, to 5000 tasks seconds ",
      "unfit eks Title of eks ✕ no – – – – 0 0 1 by service, by itself, to 5000 tasks seconds ",
    ]);
    assert.match(
      words(page),
      /It fits on 2 of 3 tiers as it is\. ~7\.00 USD a month on lightsail , the cheapest that fits/u,
    );
  });

  it("says what a tier makes of the file, what is refused and accepted first, with place, reason and remedy", () => {
    const said = words(tierOf(page, "fargate"));
    assert.match(
      said,
      /volumes ! accepted why volumes accepted web\.ports\[0\] compose\.yaml:3:5 ≠ changed why ports\[0\] change ports\[0\] 1 key works as it is written/u,
    );
    assert.match(
      words(tierOf(page, "eks")),
      /does not fit: 1 refused .*web\.privileged ✕ refused why privileged change privileged/u,
    );
  });

  it("has the price by line with where it was read, and says what is not certain", () => {
    assert.match(
      words(tierOf(page, "fargate")),
      /36\.39 USD a month fixed, 0\.15 by use.*a machine shop-web 36\.39 1 month × 36\.39 aws\.amazon\.com\/fargate\/pricing\/ , 2026-08-31/u,
    );
    assert.match(
      words(tierOf(page, "lightsail")),
      /a node shop-web ~7\.00 1 month × 7 remembered.*~ the price is not certain/u,
    );
    assert.doesNotMatch(tierOf(page, "fargate"), /not certain/u);
  });

  it("says who does what, on all tiers and how on each", () => {
    assert.match(words(section(page, "who")), /backup nobody nobody nobody scaling you you you/u);
    assert.match(words(tierOf(page, "lightsail")), /backup nobody nothing is kept \( source \)/u);
  });

  it("says what an app adds to its environment, and what it takes to move there", () => {
    const move = {
      from: "lightsail",
      steps: [
        { kind: "data", what: "a bucket (shop)", remedy: "copy it" },
        { kind: "data", what: "a bucket (shop)", remedy: "copy it" },
      ],
      made: 5,
      deleted: 3,
      kept: 1,
    } as const;
    const alone = price(36.39, 0.15);
    const moved = compared("fargate", alone, { move, monthlyUsd: { alone, added: price(20, 0.1) } });
    const text = words(reportPage(comparison([moved], { from: "lightsail" })));
    assert.match(text, /It runs on lightsail now\. Adds 20\.10 USD a month on fargate/u);
    assert.match(text, /Adds to its environment .* 36\.54 20\.10 7 /u);
    assert.match(
      text,
      /5 resources are made, 3 deleted and 1 kept\..* a bucket \(shop\) stays behind copy it (?!a bucket)/u,
    );
  });

  it("says that none fits, what is in the way, what is unpriced, and what is worth a look", () => {
    const problem = { message: "8080 is taken", location: null, key: "spectrum:apps.shop" };
    const unfit = compared("fargate", null, { reasons: [problem] });
    const text = words(reportPage(comparison([unfit], { warnings: [{ message: "unset <X>", location: null }] })));
    assert.match(text, /No tier takes it as it is/u);
    assert.match(text, /In the way spectrum:apps\.shop: 8080 is taken/u);
    assert.match(text, /Worth a look unset &lt;X&gt;/u);
    const unpriced = [{ what: "GPU hours", resource: "urn:pulumi:dev::spectrum::a::shop-gpu", reason: "nobody knows" }];
    const part = tierOf(reportPage(comparison([compared("fargate", price(1, 0, { unpriced }))])), "fargate");
    assert.match(words(part), /≥1\.00 USD a month .*unpriced GPU hours of shop-gpu: nobody knows/u);
  });

  it("allows no request and no script but its own", () => {
    const script = /<script>(.*?)<\/script>/su.exec(page)?.[1] ?? "";
    const hash = createHash("sha256").update(script).digest("base64");
    assert.match(page, /http-equiv="Content-Security-Policy"/u);
    assert.ok(page.includes(`default-src &#39;none&#39;`) && page.includes(`script-src &#39;sha256-${hash}&#39;`));
    assert.doesNotMatch(page, /\ssrc="(?!data:)|<link|@import|url\(/u);
  });

  it("shows what a user wrote as text, wherever it stands", () => {
    const evil = `"><img src=x onerror=alert(1)>`;
    const row = compared(
      "fargate",
      price(1, 1, { lines: [priceLine(evil, 1, { resource: `urn:a::b::c::${evil}` })] }),
      {
        reasons: [{ message: evil, location: null }],
        findings: [
          finding(evil, "changed", {
            reason: evil,
            remedy: evil,
            service: evil,
            location: { file: evil, line: 1, column: 1 },
          }),
        ],
      },
    );
    const told = reportPage(
      comparison([row], { app: evil, environment: evil, region: evil, warnings: [{ message: evil, location: null }] }),
    );
    assert.ok(told.includes("&lt;img src=x"));
    assert.doesNotMatch(told, /<img/u);
  });

  it("is the same for the same comparison", () => {
    assert.equal(reportPage(comparison([lightsail, fargate, eks])), page);
  });
});
