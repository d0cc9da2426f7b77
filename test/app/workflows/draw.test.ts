/** A definition as a picture: in the terminal, and as SVG. */
import assert from "node:assert/strict";
import { drawSvg, drawText, drawTrace, mustCheckWorkflow, parseSource, PLAIN } from "../../../app/workflows";
import type { Box } from "../../../app/dagre";
import { layOut, type Layout } from "../../../app/workflows/draw/layout";
import { condition } from "../../../app/workflows/draw/words";

const definition = (text: string) => mustCheckWorkflow(parseSource("w", text));

const everything = definition(`
StartAt: Choose <one> & "more"
States:
  Choose <one> & "more":
    Type: Choice
    Choices:
      - { Variable: $.kind, StringEquals: fast, Next: Both }
    Default: Loop
  Both:
    Type: Parallel
    Branches:
      - StartAt: A1
        States:
          A1: { Type: Wait, Seconds: 30, Next: A2 }
          A2:
            Type: Map
            ItemsPath: $.items
            MaxConcurrency: 2
            ItemProcessor: { StartAt: I1, States: { I1: { Type: Task, Resource: "arn:aws:states:::ecs:runTask.sync", End: true } } }
            End: true
      - StartAt: B1
        States: { B1: { Type: Fail, Error: No } }
    Catch: [{ ErrorEquals: [Mine, Other], Next: Done }]
    Next: Done
  Loop: { Type: Task, Resource: "\${shop.api}", Retry: [{ ErrorEquals: [States.ALL] }], Next: Again? }
  Again?: { Type: Choice, Choices: [{ Variable: $.done, BooleanEquals: false, Next: Loop }], Default: Done }
  Done: { Type: Succeed }
`);

describe("a workflow in the terminal", () => {
  it("is a tree of its states, with branches, items, conditions and catches", () => {
    assert.equal(
      drawText(everything),
      [
        '▶ Choose <one> & "more"  Choice',
        '  ├─ if $.kind = "fast" → Both',
        "  └─ else → Loop",
        "○ Both  Parallel  2 branches",
        "  ├─ branch 1",
        "  │    ▶ A1  Wait  30 s",
        "  │      └─ next → A2",
        "  │    ○ A2  Map  each of $.items, 2 at once",
        "  │      ├─ each item",
        "  │      │    ▶ I1  Task  ecs:runTask.sync",
        "  │      │      └─ end",
        "  │      └─ end",
        "  ├─ branch 2",
        "  │    ▶ B1  Fail  No",
        "  ├─ next → Done",
        "  └─ on Mine, Other → Done",
        "○ Done  Succeed",
        "○ Loop  Task  ${shop.api}, up to 3 retries",
        "  └─ next → Again?",
        "○ Again?  Choice",
        "  ├─ if $.done = false → Loop",
        "  └─ else → Done",
        "",
      ].join("\n"),
    );
  });

  for (const [rule, words] of [
    [{ Variable: "$.n", NumericGreaterThanEquals: 10 }, "$.n ≥ 10"],
    [{ Variable: "$.n", NumericLessThanPath: "$.m" }, "$.n < $.m"],
    [{ Variable: "$.s", StringMatches: "a*" }, '$.s like "a*"'],
    [{ Variable: "$.s", IsPresent: false }, "$.s is not present"],
    [
      {
        And: [
          { Not: { Variable: "$.a", IsNull: true } },
          {
            Or: [
              { Variable: "$.b", IsString: true },
              { Variable: "$.c", BooleanEquals: true },
            ],
          },
        ],
      },
      "not $.a is null and ($.b is string or $.c = true)",
    ],
    [{ Condition: "{% $states.input.n\n  > 1 %}" }, "$states.input.n > 1"],
  ] as const) {
    it(`has the condition ${words}`, () => assert.equal(condition(rule), words));
  }
});

describe("a workflow as SVG", () => {
  const svg = drawSvg(everything, "every & thing");

  it("is the same each time", () => assert.equal(drawSvg(everything, "every & thing"), svg));

  it("is one well-formed file with no script, no outside and both of light and dark", () => {
    const open: string[] = [];
    for (const [, close, name, self] of svg.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/gu)) {
      if (close) assert.equal(open.pop(), name);
      else if (!self) open.push(name!);
    }
    assert.deepEqual(open, []);
    assert.match(svg, /@media \(prefers-color-scheme: dark\)/u);
    assert.doesNotMatch(svg, /<script|href|url\((?!#)|@import/u);
    assert.doesNotMatch(svg, /NaN|undefined/u);
  });

  it("says every state, condition and catch, escaped", () => {
    for (const text of [
      "A1",
      "A2",
      "I1",
      "B1",
      "Loop",
      "Again?",
      "Done",
      "Wait: 30 s",
      "Parallel: 2 branches",
      "Start",
      "End",
    ])
      assert.ok(svg.includes(`>${text}<`), text);
    assert.ok(svg.includes(">Choose &lt;one&gt; &amp; &quot;more&quot;<"));
    assert.ok(svg.includes(">$.kind = &quot;fast&quot;<"));
    assert.ok(svg.includes(">Catch Mine, Other<"));
    assert.ok(svg.includes(">every &amp; thing<"));
  });

  it("draws a way for each transition, errors dashed", () => {
    const count = (pattern: RegExp) => [...svg.matchAll(pattern)].length;
    // Start, five of the choices, three of Both with its catch and Loop, one to the end; in branch 1 one
    assert.equal(count(/class="way"/gu), 9);
    assert.equal(count(/class="way catch"/gu), 1);
  });

  it("lays nothing over another thing, and all within the picture", () => {
    const check = ({ width, height, states, start, end }: Layout): void => {
      const boxes: Box[] = [...states, ...[start, end].filter((box) => box !== null)];
      for (const [i, box] of boxes.entries()) {
        assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height);
        for (const other of boxes.slice(i + 1))
          assert.ok(
            box.x + box.width <= other.x ||
              other.x + other.width <= box.x ||
              box.y + box.height <= other.y ||
              other.y + other.height <= box.y,
          );
      }
      for (const { inner, width: around, height: high } of states)
        for (const machine of inner) {
          assert.ok(machine.x >= 0 && machine.x + machine.width <= around && machine.y + machine.height <= high);
          check(machine);
        }
    };
    check(layOut(everything));
  });

  it("breaks long names and conditions, and cuts what no line holds", () => {
    const long = definition(
      `StartAt: A\nStates:\n  A: { Type: Choice, Choices: [{ Variable: $.${"x".repeat(300)}, IsNull: true, Next: ${"n".repeat(80)} }], Default: ${"n".repeat(80)} }\n  ${"n".repeat(80)}: { Type: Succeed }`,
    );
    const { width } = layOut(long);
    assert.ok(width < 700, String(width));
    assert.match(drawSvg(long, "long"), /…</u);
  });
});

describe("a trace in the terminal", () => {
  it("tells each attempt: what went in, what came out, where it led", () => {
    const step = { state: "A", type: "Task", within: "", attempt: 1, input: { n: 1 } } as const;
    assert.equal(
      drawTrace(
        {
          status: "FAILED",
          error: "Mine",
          cause: "why",
          trace: [
            { ...step, error: "Mine", cause: "why", transition: { kind: "Retry", to: "A", waited: 2 } },
            {
              ...step,
              within: "B[0]",
              attempt: 2,
              arguments: {},
              error: "Mine",
              cause: "why",
              transition: { kind: "Fail", to: null },
            },
          ],
        },
        PLAIN,
      ),
      [
        "A  Task",
        '  input     {"n":1}',
        "  error     Mine: why",
        "  →         Retry A after 2 s, skipped here",
        "  A  Task, B[0], attempt 2",
        '    input     {"n":1}',
        "    arguments {}",
        "    error     Mine: why",
        "    →         fail",
        "FAILED  Mine: why",
        "",
      ].join("\n"),
    );
  });
});
