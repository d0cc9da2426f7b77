import assert from "node:assert/strict";
import fc from "fast-check";
import { escapeHtml, html, idOf, link, trusted } from "../../../plan/report/html";

describe("html", () => {
  it("escapes what stands in a template, and leaves markup as it is", () => {
    const user = `<script>alert("1" & '2')</script>`;
    const escaped = "&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;";
    assert.equal(html`<b title="${user}">${user}</b>`.text, `<b title="${escaped}">${escaped}</b>`);
    assert.equal(html`<p>${html`<i>${"<"}</i>`}${trusted("<br>")}</p>`.text, "<p><i>&lt;</i><br></p>");
  });

  it("puts lists one after the other, and nothing for null", () => {
    assert.equal(html`${[1, "a&b", [html`<i></i>`, null]]}|${null}`.text, "1a&amp;b<i></i>|");
  });

  it("never lets a text end an attribute or begin an element", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !/[<>"']/u.test(escapeHtml(text))));
  });

  it("links to addresses of the web alone", () => {
    assert.equal(
      link("https://aws.amazon.com/a?b&c", "a<b").text.includes('href="https://aws.amazon.com/a?b&amp;c"'),
      true,
    );
    for (const text of ["javascript:alert(1)", "http://x", "AWS Price List AmazonECS", 'https://x"onclick="'])
      assert.equal(link(text, "said").text, "said", text);
  });

  it("makes ids that differ where the texts do, of letters that an id and a link may have", () => {
    const texts = fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        assert.match(idOf(...a), /^[\w-]*$/u);
        return (idOf(...a) === idOf(...b)) === (JSON.stringify(a) === JSON.stringify(b));
      }),
    );
    assert.notEqual(idOf("a__b"), idOf("a", "b"));
  });
});
