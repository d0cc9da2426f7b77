import assert from "node:assert/strict";
import { mustCheckWorkflow, parseSource } from "../../../app/workflows";
import { reportPage } from "../../../plan/report/page";
import { workflowsOf } from "../../../plan/report/workflows";
import { compared, comparison, price } from "./comparison";

const workflow = (name: string, resource: string) => ({
  name,
  definition: mustCheckWorkflow(
    parseSource(name, `{ StartAt: A, States: { A: { Type: Task, Resource: "${resource}", End: true } } }`),
  ),
});
const own = workflow("night<ly>", "${shop.report}");

describe("workflowsOf", () => {
  it("are those with a task that is the app's", () => {
    const others = [workflow("other", "${blog.report}"), workflow("aws", "arn:aws:states:::sqs:sendMessage")];
    assert.deepEqual(workflowsOf("shop", [...others, own]), [own]);
  });
});

describe("the report's workflows", () => {
  const rows = comparison([compared("fargate", price(1, 0))]);

  it("are pictures within the page, and text", () => {
    const page = reportPage(rows, [own]);
    const [, picture = ""] = /<img\s+src="data:image\/svg\+xml;base64,([^"]+)"/u.exec(page) ?? [];
    assert.match(Buffer.from(picture, "base64").toString(), /^<svg .*aria-label="The workflow night&lt;ly&gt;"/u);
    assert.match(page, /<pre[^>]*>[^<]*A[^<]*\$\{shop\.report\}/u);
    assert.match(page, /alt="The workflow night&lt;ly&gt;, which/u);
  });

  it("are not there where there are none", () => assert.doesNotMatch(reportPage(rows), /id="workflows"/u));
});
