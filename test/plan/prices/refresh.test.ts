/** Prices that are asked of AWS, against a server that answers as its price list does. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { makePlan } from "../../../plan/plan";
import { answerTo } from "../../../plan/prices/refresh/answers";
import { questions } from "../../../plan/prices/refresh/questions";
import { catalogue } from "../../../plan/prices/catalogue";
import { root } from "../../support/project";

interface Asked {
  readonly ServiceCode: string;
  readonly Filters: readonly { readonly Field: string; readonly Value: string }[];
  readonly NextToken?: string;
}

/** A product as the price list has it. */
function product(usagetype: string, steps: readonly (readonly [from: string, usd: string])[], sku = "SKU"): string {
  const priceDimensions = Object.fromEntries(
    steps.map(([beginRange, USD], i) => [`${sku}.${i}`, { beginRange, pricePerUnit: { USD } }]),
  );
  return JSON.stringify({
    product: { sku, attributes: { usagetype, regionCode: "eu-central-1" } },
    publicationDate: "2026-11-20T10:00:00Z",
    terms: { OnDemand: { [`${sku}.JRTCKXETXF`]: { priceDimensions } } },
  });
}

const question = (key: string) => questions.find((one) => one.key === key) ?? assert.fail(key);

describe("what AWS's price list is asked and answers", () => {
  it("asks for each thing once, all of which the catalogue has", () => {
    const keys = questions.map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length);
    assert.deepEqual(
      keys.filter((key) => !(key in catalogue)),
      [],
    );
    assert.deepEqual(question("ec2.t3.micro").filters, {
      instanceType: "t3.micro",
      operatingSystem: "Linux",
      tenancy: "Shared",
      preInstalledSw: "NA",
      capacitystatus: "Used",
    });
  });

  it("tells processors apart by the usage type, with the region before it or not", () => {
    const items = [
      product("EUC1-Fargate-vCPU-Hours:perCPU", [["0", "0.04656"]]),
      product("EUC1-Fargate-ARM-vCPU-Hours:perCPU", [["0", "0.03725"]]),
    ];
    const usd = (key: string) => {
      const answer = answerTo(question(key), items);
      return "price" in answer ? answer.price.usd : answer.missing;
    };
    assert.equal(usd("fargate.x86.vcpu"), 0.04656);
    assert.equal(usd("fargate.arm.vcpu"), 0.03725);
    assert.equal(usd("fargate.x86.memory"), "none of AWS's products is what is meant");
  });

  it("takes the first step above 0, with the SKU and the list's date", () => {
    assert.deepEqual(
      answerTo(question("sqs.standard"), [
        product("Requests-RBP", [
          ["1000000", "0.0000004"],
          ["0", "0.0"],
        ]),
      ]),
      {
        price: { usd: 4e-7, source: "AWS Price List API, SKU SKU", asOf: "2026-11-20", certain: true },
      },
    );
  });

  it("guesses none of several prices", () => {
    const items = [
      product("BoxUsage:t3.micro", [["0", "0.01"]], "A"),
      product("BoxUsage:t3.micro", [["0", "0.02"]], "B"),
    ];
    assert.deepEqual(answerTo(question("ec2.t3.micro"), items), { missing: "AWS has several prices: 0.01, 0.02" });
    assert.deepEqual(answerTo(question("ec2.t3.micro"), []), { missing: "AWS has no such product there" });
  });
});

describe("spectrum prices refresh", function () {
  this.timeout(60_000);
  let folder: string;
  let server: Server;
  const asked: Asked[] = [];
  let denied = false;
  before((done) => {
    folder = mkdtempSync(join(tmpdir(), "spectrum-"));
    writeFileSync(join(folder, "compose.yaml"), 'services: { web: { image: "nginx:1.29", ports: ["8080:8080"] } }\n');
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const body = JSON.parse(Buffer.concat(parts).toString()) as Asked;
        asked.push(body);
        response.setHeader("content-type", "application/x-amz-json-1.1");
        response.statusCode = denied ? 400 : 200;
        if (denied) response.end(JSON.stringify({ __type: "AccessDeniedException", message: "no" }));
        else response.end(JSON.stringify(answer(body)));
      });
    }).listen(0, "127.0.0.1", done);
  });
  after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  /** Frankfurt's instances and load balancers; the products of Fargate on two pages. */
  function answer({ ServiceCode, Filters, NextToken }: Asked): object {
    const type = Filters.find(({ Field }) => Field === "instanceType")?.Value;
    if (ServiceCode === "AmazonECS")
      return NextToken === undefined
        ? { PriceList: [product("EUC1-Fargate-vCPU-Hours:perCPU", [["0", "0.04656"]])], NextToken: "2" }
        : { PriceList: [product("EUC1-Fargate-GB-Hours", [["0", "0.00511"]])] };
    if (ServiceCode === "AmazonEC2" && type === "t3.micro")
      return { PriceList: [product("EUC1-BoxUsage:t3.micro", [["0", "0.012"]])] };
    return { PriceList: [] };
  }

  /** The command in the folder, with the server in AWS's place. */
  function refresh(...args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const loader = pathToFileURL(require.resolve("tsx")).href;
    const child = spawn(
      process.execPath,
      ["--import", loader, join(root, "cli/main.ts"), "prices", "refresh", ...args],
      {
        cwd: folder,
        env: {
          PATH: process.env.PATH,
          AWS_ENDPOINT_URL_PRICING: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
          AWS_ACCESS_KEY_ID: "test",
          AWS_SECRET_ACCESS_KEY: "test",
        },
      },
    );
    const texts = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name].on("data", (data: Buffer) => (texts[name] += data.toString()));
    return new Promise((resolve) => child.once("close", (code) => resolve({ code, ...texts })));
  }

  it("keeps what it was told, says what it was not, and plans by it", async () => {
    const { code, stdout, stderr } = await refresh("--region", "eu-central-1");
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.match(stdout, /^3 prices of eu-central-1 in \.spectrum\/prices\/eu-central-1\.json\nnot found, .*\n/u);
    assert.match(stdout, /^ {2}alb\.hour: AWS has no such product there$/mu);
    assert.ok(
      asked.every(({ Filters }) =>
        Filters.some(({ Field, Value }) => Field === "regionCode" && Value === "eu-central-1"),
      ),
    );
    const file = JSON.parse(readFileSync(join(folder, ".spectrum/prices/eu-central-1.json"), "utf8")) as object;
    assert.deepEqual((file as { prices: Record<string, object> }).prices["ec2.t3.micro"], {
      unit: "hour",
      prices: {
        "eu-central-1": { usd: 0.012, source: "AWS Price List API, SKU SKU", asOf: "2026-11-20", certain: true },
      },
    });
    const config = {
      "aws:region": "eu-central-1",
      "spectrum:apps": { app: { compose: "compose.yaml", tier: "fargate" } },
    };
    writeFileSync(join(folder, "Pulumi.dev.yaml"), JSON.stringify({ config }));
    const { prices } = await makePlan({ root: folder });
    // a quarter vCPU and half a GB; all else of Frankfurt nobody asked for
    assert.equal(prices?.fixed, Math.round((0.25 * 0.04656 + 0.5 * 0.00511) * 730 * 100) / 100);
    assert.ok(prices?.unpriced.some(({ what }) => what === "a load balancer"));
  });

  it("ends with 2 where the region is none, and where AWS says no, without a file", async () => {
    const wrong = await refresh("--region", "frankfurt");
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /^error: --region got "frankfurt"; give a region such as eu-central-1\n/u);
    denied = true;
    const refused = await refresh("--region", "eu-west-3");
    assert.deepEqual([refused.code, refused.stdout], [2, ""]);
    assert.match(
      refused.stderr,
      /^error: AWS's price list could not be asked: AccessDeniedException: .*pricing:GetProducts\n$/u,
    );
    assert.equal(existsSync(join(folder, ".spectrum/prices/eu-west-3.json")), false);
  });

  it("says where a file of prices is none", async () => {
    mkdirSync(join(folder, ".spectrum/prices"), { recursive: true });
    writeFileSync(join(folder, ".spectrum/prices/us-east-1.json"), "{}");
    const { errors } = await makePlan({ root: folder, compose: ["compose.yaml"], tier: "lightsail" });
    assert.match(errors[0]?.message ?? "", /^holds no prices that Spectrum can read; delete it/u);
    assert.equal(errors[0]?.location?.file, ".spectrum/prices/us-east-1.json");
  });
});
