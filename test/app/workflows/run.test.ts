/** The local run: hand-worked traces, its languages, its mocks, and what holds of any definition. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { InputError } from "../../../app/finding";
import {
  type Json,
  type JsonMap,
  type Machine,
  mustCheckWorkflow,
  parseSource,
  readMocks,
  run,
  type RunOptions,
  type RunResult,
  sourceOf,
  type State,
  type Step,
  transitions,
} from "../../../app/workflows";
import { callIntrinsic, intrinsicNames, parseIntrinsic } from "../../../app/workflows/walk/intrinsics";
import { evaluatePath, insert } from "../../../app/workflows/walk/jsonpath";
import { readDefinition } from "../../../app/workflows/states";
import { World } from "../../../app/workflows/walk/scope";

const folder = join(__dirname, "traces");
const files = readdirSync(folder).sort();

async function walk(definition: Json, mocks: Json = {}, options: Partial<RunOptions> = {}): Promise<RunResult> {
  const read = mustCheckWorkflow(sourceOf("definition", definition));
  return run(read, { ...options, mocks: readMocks(sourceOf("mocks", mocks), read) });
}

/** A step as the files write it. */
function written({ type: _, within, attempt, transition, ...step }: Step): JsonMap {
  const { kind, to, waited } = transition;
  return {
    ...step,
    ...(within !== "" && { within }),
    ...(attempt > 1 && { attempt }),
    then: to === null ? kind : `${kind} ${to}`,
    ...(waited !== undefined && { waited }),
  };
}

describe("a run agrees with the traces worked by hand", () => {
  it("of at least 15 definitions", () => assert.ok(files.length >= 15));

  for (const file of files) {
    it(file, async () => {
      const { value } = parseSource(file, readFileSync(join(folder, file), "utf8"));
      const { definition, mocks = {}, input, trace, result } = value as Record<string, Json>;
      const { trace: steps, ...ended } = await walk(definition!, mocks, { input: input! });
      const expected = (trace as JsonMap[]).map(({ attempt, ...step }) => ({
        ...step,
        ...(attempt !== undefined && attempt !== 1 && { attempt }),
      }));
      assert.deepEqual(steps.map(written), expected);
      assert.deepEqual(ended, result);
    });
  }
});

describe("a run", () => {
  const loop = {
    StartAt: "A",
    States: {
      A: { Type: "Choice", Choices: [{ Variable: "$.a", IsPresent: true, Next: "B" }], Default: "C" },
      B: { Type: "Pass", Next: "A" },
      C: { Type: "Succeed" },
    },
  };

  it("that never ends stops, and says where it goes round", async () => {
    await assert.rejects(
      walk(loop, {}, { input: { a: 1 }, maxTransitions: 100 }),
      (error) =>
        error instanceof InputError && error.message.includes("did not end after 100 transitions; it goes round A, B"),
    );
  });

  it("takes as many transitions as are allowed", async () => {
    const { status, trace } = await walk(loop, {}, { input: {}, maxTransitions: 2 });
    assert.deepEqual([status, trace.length], ["SUCCEEDED", 2]);
  });

  it("fails where more than 256 KiB are passed on", async () => {
    const task = { Type: "Task", Resource: "${a.b}", Catch: [{ ErrorEquals: ["States.ALL"], Next: "B" }], End: true };
    const definition = { StartAt: "A", States: { A: task, B: { Type: "Succeed" } } };
    const of = (length: number) =>
      walk(definition, { default: { result: { exitCode: 0, output: "x".repeat(length) } } });
    const around = Buffer.byteLength(JSON.stringify({ exitCode: 0, output: "" }));
    assert.equal((await of(256 * 1024 - around)).status, "SUCCEEDED");
    assert.equal((await of(256 * 1024 - around + 1)).error, "States.DataLimitExceeded");
  });

  it("is the same each time, chance and all", async () => {
    const definition = {
      QueryLanguage: "JSONata",
      StartAt: "A",
      States: { A: { Type: "Pass", Output: "{% [$uuid(), $random(), $now(), $uuid()] %}", End: true } },
    };
    const [first, second] = [await walk(definition), await walk(definition)];
    assert.deepEqual(first, second);
    const [one, , now, other] = first.output as string[];
    assert.match(one!, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
    assert.notEqual(one, other);
    assert.equal(now, "2000-01-01T00:00:00.000Z");
  });

  it("has AWS's own functions of JSONata", async () => {
    const of = async (expression: string) => {
      const pass = { Type: "Pass", Output: `{% ${expression} %}`, End: true };
      const { output, error } = await walk({ QueryLanguage: "JSONata", StartAt: "A", States: { A: pass } });
      return output ?? error;
    };
    assert.deepEqual(await of("$partition([1,2,3,4,5], 2)"), [[1, 2], [3, 4], [5]]);
    assert.deepEqual(await of("$range(1, 9, 4)"), [1, 5, 9]);
    assert.equal(await of("$hash('input data', 'SHA-1')"), "aaff4a450a104cd177d28d18d74485e8cae074b7");
    assert.equal(await of("$hash('x', 'CRC')"), "States.QueryEvaluationError");
    assert.deepEqual(await of("$parse('{\"a\": [1]}')"), { a: [1] });
    assert.equal(await of("$random(3) = $random(3)"), true);
    assert.equal(await of("nothing"), "States.QueryEvaluationError");
  });
});

describe("mocks", () => {
  const task = { Type: "Task", Resource: "${shop.migrate}", End: true };
  const definition = { StartAt: "Migrate", States: { Migrate: task } };

  it("go by state, then by resource, then by default", async () => {
    const by = (output: string) => ({ result: { exitCode: 0, output } });
    const all = {
      states: { Migrate: by("state") },
      resources: { "${shop.migrate}": by("resource") },
      default: by("default"),
    };
    const said = async (mocks: Json) => ((await walk(definition, mocks)).output as JsonMap).output;
    assert.equal(await said(all), "state");
    assert.equal(await said({ ...all, states: {} }), "resource");
    assert.equal(await said({ default: all.default }), "default");
  });

  for (const [title, mocks, message] of [
    ["that are missing", {}, /nothing stands in for the task "Migrate"; add it under states/],
    ["that are used up", { states: { Migrate: [] } }, /call 1 of "Migrate" finds no mock, the list has 0/],
    [
      "of no such state",
      { states: { Migrat: { result: 1 } } },
      /no Task and no Map is named "Migrat", did you mean "Migrate"/,
    ],
    ["of no such resource", { resources: { "${shop.x}": { result: 1 } } }, /no task has the Resource "\$\{shop\.x\}"/],
    ["of no such part", { state: {} }, /mocks have no state, did you mean "states"/],
    ["of another form", { default: { results: 1 } }, /got \{"results":1\}; give \{ result \}, \{ error, cause \}/],
    ["with an error that is no text", { default: { error: 1 } }, /error and cause are texts/],
    ["that are no map", [], /mocks are a map with states, resources, default/],
    [
      "that are no result of a placeholder",
      { default: { result: "done" } },
      /give what a placeholder gives: \{ exitCode, output \}/,
    ],
    [
      "with more than a job gives",
      { default: { result: { exitCode: 0, out: 1 } } },
      /has out; a job gives \{ exitCode, output \}/,
    ],
  ] as const) {
    it(`are refused ${title}`, async () => {
      await assert.rejects(
        walk(definition, mocks),
        (error) =>
          error instanceof InputError && error.problems[0]?.location?.file === "mocks" && message.test(error.message),
      );
    });
  }

  it("of a service fail from 400 on", async () => {
    const { error, cause } = await walk(definition, { default: { result: { StatusCode: 503, ResponseBody: "down" } } });
    assert.deepEqual([error, cause], ["States.Http.StatusCode.503", '"down"']);
    assert.equal((await walk(definition, { default: { result: { StatusCode: 399 } } })).status, "SUCCEEDED");
  });
});

describe("JSONPath", () => {
  const scope = { context: { a: 1 }, variables: { v: { x: [1, 2] } }, world: new World(new Date(0)) };
  const input: Json = { "a b": [{ n: 1 }, { n: 2 }, { n: 3 }], o: { length: 5 }, e: [] };

  for (const [path, value] of [
    ["$['a b'][0].n", 1],
    ["$['a b'][-1].n", 3],
    ["$['a b'][*].n", [1, 2, 3]],
    ["$['a b'][0:2].n", [1, 2]],
    ["$['a b'][?(@.n > 1)].n", [2, 3]],
    ["$..n", [1, 2, 3]],
    ["$.o.length", 5],
    ["$.e[*]", []],
    ["$$.a", 1],
    ["$v.x[1]", 2],
    ["$v", { x: [1, 2] }],
    ["States.ArrayLength($['a b'])", 3],
  ] as const) {
    it(`${path} is ${JSON.stringify(value)}`, () => assert.deepEqual(evaluatePath(path, input, scope), value));
  }

  for (const path of ["$.none", "$.e.length", "$.o.constructor", "$w", "$['a b'][3]"]) {
    it(`${path} is nothing`, () =>
      assert.throws(() => evaluatePath(path, input, scope), { error: "States.ParameterPathFailure" }));
  }

  it("puts a result at a reference path", () => {
    assert.deepEqual(insert("$.a.b", { a: { c: 1 } }, 2), { a: { c: 1, b: 2 } });
    assert.deepEqual(insert("$.a[1]", { a: [1, 2] }, 3), { a: [1, 3] });
    assert.deepEqual(insert("$", { a: 1 }, 2), 2);
    assert.deepEqual(insert(null, { a: 1 }, 2), { a: 1 });
    for (const [path, to] of [
      ["$.a.b", { a: 1 }],
      ["$.a[2]", { a: [1, 2] }],
      ["$.a", "text"],
    ] as const)
      assert.throws(() => insert(path, to, 1), { error: "States.ResultPathMatchFailure" });
  });
});

describe("intrinsic functions", () => {
  const scope = { context: {}, variables: {}, world: new World(new Date(0)) };
  const input: Json = { a: [1, 2, 2], s: "it's", m: { x: 1 }, n: { x: 2, y: 3 } };
  const rows: readonly (readonly [string, Json])[] = [
    ["States.Format('{} is \\{{}\\} \\'s', $.s, 3)", "it's is {3} 's"],
    ["States.Format('{}', $.m)", '{"x":1}'],
    ["States.StringToJson('{\"a\": 1}')", { a: 1 }],
    ["States.JsonToString($.m)", '{"x":1}'],
    ["States.Array(1, 'it\\'s', true, null, $.m)", [1, "it's", true, null, { x: 1 }]],
    ["States.ArrayPartition($.a, 2)", [[1, 2], [2]]],
    ["States.ArrayContains($.a, 2)", true],
    ["States.ArrayRange(1, 9, 4)", [1, 5, 9]],
    ["States.ArrayGetItem($.a, 1)", 2],
    ["States.ArrayLength($.a)", 3],
    ["States.ArrayUnique($.a)", [1, 2]],
    ["States.Base64Encode('Data to encode')", "RGF0YSB0byBlbmNvZGU="],
    ["States.Base64Decode('RGVjb2RlZCBkYXRh')", "Decoded data"],
    ["States.Hash('input data', 'SHA-1')", "aaff4a450a104cd177d28d18d74485e8cae074b7"],
    ["States.JsonMerge($.m, $.n, false)", { x: 2, y: 3 }],
    ["States.MathAdd(111, -1)", 110],
    ["States.StringSplit('This.is+a,test=string', '.+,=')", ["This", "is", "a", "test", "string"]],
    ["States.MathAdd( States.ArrayLength( $.a ) , $.a[0] )", 4],
  ];

  for (const [call, value] of rows) {
    it(`${call} is ${JSON.stringify(value)}`, () => assert.deepEqual(evaluatePath(call, input, scope), value));
  }

  it("draw numbers in their range, the same for a seed", () => {
    const world = new World(new Date(0));
    const drawn = Array.from({ length: 200 }, () => callIntrinsic("States.MathRandom", [1, 4], world));
    assert.deepEqual([...new Set(drawn)].sort(), [1, 2, 3]);
    assert.equal(
      callIntrinsic("States.MathRandom", [0, 1e6, 7], world),
      callIntrinsic("States.MathRandom", [0, 1e6, 7], world),
    );
    assert.notEqual(callIntrinsic("States.UUID", [], world), callIntrinsic("States.UUID", [], world));
  });

  it("are all that AWS has", () => {
    const tried = new Set(
      [...rows.map(([call]) => call), "States.MathRandom", "States.UUID"].map((call) => /^States\.\w+/u.exec(call)![0]),
    );
    assert.deepEqual([...intrinsicNames].sort(), [...tried].sort());
  });

  for (const call of [
    "States.None()",
    "States.Format('{}')",
    "States.Format('', 1)",
    "States.ArrayRange(1, 2, 0)",
    "States.ArrayRange(0, 1000, 1)",
    "States.ArrayGetItem($.a, 3)",
    "States.ArrayLength(1)",
    "States.ArrayPartition($.a, 0)",
    "States.Hash('a', 'CRC')",
    "States.JsonMerge($.m, $.n, true)",
    "States.StringToJson('{')",
    "States.MathAdd(1)",
    "States.MathAdd(1, 2",
    "States.MathAdd(1 2)",
    "States.UUID() 1",
    "'text'",
  ]) {
    it(`fail as AWS's do: ${call}`, () =>
      assert.throws(() => evaluatePath(call, input, scope), { error: "States.IntrinsicFailure" }));
  }

  it("are read back as they were written", () => {
    assert.deepEqual(parseIntrinsic("States.Array($.a['b,c'], $..x[?(@.y==1)])"), {
      call: "States.Array",
      args: [{ path: "$.a['b,c']" }, { path: "$..x[?(@.y==1)]" }],
    });
  });
});

/** A machine of up to five states, whose transitions go anywhere, backwards too. */
const machines = (depth: number, prefix = "S"): fc.Arbitrary<JsonMap> =>
  fc.integer({ min: 1, max: 5 }).chain((count) => {
    const names = Array.from({ length: count }, (_, i) => `${prefix}${i}`);
    const name = fc.constantFrom(...names);
    const onward = fc.oneof(fc.constant({ End: true }), fc.record({ Next: name }));
    const errors = fc.record({
      Retry: fc.constantFrom(
        [],
        [{ ErrorEquals: ["States.ALL"], MaxAttempts: 2 }],
        [{ ErrorEquals: ["Mine"], MaxAttempts: 1 }],
      ),
      Catch: fc.oneof(
        fc.constant([]),
        name.map((Next) => [{ ErrorEquals: ["States.ALL"], ResultPath: null, Next }]),
        name.map((Next) => [{ ErrorEquals: ["Mine"], ResultPath: null, Next }]),
      ),
    });
    const merged = (...parts: fc.Arbitrary<object>[]) =>
      fc.tuple(...parts).map((all) => Object.assign({}, ...all) as JsonMap);
    const kinds = (i: number): fc.Arbitrary<JsonMap>[] => [
      merged(fc.constant({ Type: "Pass" }), onward),
      merged(fc.constant({ Type: "Wait", Seconds: 1 }), onward),
      merged(
        fc.constant({ Type: "Task", Resource: "arn:aws:states:::lambda:invoke", ResultPath: null }),
        errors,
        onward,
      ),
      fc.constantFrom<JsonMap>({ Type: "Succeed" }, { Type: "Fail", Error: "Mine" }),
      fc.tuple(name, fc.option(name)).map(([Next, Default]) => ({
        Type: "Choice",
        Choices: [{ Variable: "$.go", BooleanEquals: true, Next }],
        ...(Default !== null && { Default }),
      })),
      ...(depth === 0
        ? []
        : [
            merged(
              fc.record({
                Type: fc.constant("Parallel"),
                ResultPath: fc.constant(null),
                Branches: machines(depth - 1, `${prefix}${i}a`).map((m) => [m]),
              }),
              errors,
              onward,
            ),
            merged(
              fc.record({
                Type: fc.constant("Map"),
                ItemsPath: fc.constant("$.items"),
                ResultPath: fc.constant(null),
                ItemSelector: fc.constant({ "go.$": "$.go", "items.$": "$.items" }),
                ItemProcessor: machines(depth - 1, `${prefix}${i}b`),
              }),
              errors,
              onward,
            ),
          ]),
    ];
    return fc.tuple(...names.map((_, i) => fc.oneof(...kinds(i)))).map((states) => ({
      StartAt: names[0]!,
      States: Object.fromEntries(states.map((state, i) => [names[i]!, state])),
    }));
  });

/** The machine in which a step ran, by its `within`. */
function machineOf(definition: Machine, within: string): Machine {
  return within
    .split("/")
    .filter(Boolean)
    .reduce((machine, part) => {
      const [, name, index] = /^(.*)\[(\d+)\]$/u.exec(part)!;
      const state = machine.states.get(name!)!;
      if (state.type === "Map") return state.processor;
      assert.ok(state.type === "Parallel");
      return state.branches[Number(index)]!;
    }, definition);
}

describe("a run of any definition", () => {
  const runs = fc.record({
    machine: machines(2),
    go: fc.boolean(),
    results: fc.array(fc.constantFrom<JsonMap>({ result: 1 }, { error: "Mine" }, { error: "Other" }), {
      minLength: 1,
      maxLength: 4,
    }),
  });

  it("ends, or is told that it does not, and takes no transition that the definition lacks", async () => {
    let ended = 0;
    await fc.assert(
      fc.asyncProperty(runs, async ({ machine, go, results }) => {
        const source = sourceOf("generated", machine);
        // unreachable states and loops are the rules' to tell; here they may be
        const { definition } = readDefinition(source);
        assert.ok(definition);
        const states = allTasks(definition);
        const mocks = { states: Object.fromEntries(states.map((name, i) => [name, results[i % results.length]!])) };
        let result: RunResult;
        try {
          const taker = readMocks(sourceOf("mocks", mocks), definition);
          result = await run(definition, { mocks: taker, input: { go, items: [1, 2] }, maxTransitions: 300 });
        } catch (error) {
          assert.ok(
            error instanceof InputError && error.message.includes("did not end after 300 transitions"),
            String(error),
          );
          return;
        }
        ended++;
        assert.ok(result.trace.length <= 300);
        for (const step of result.trace) checkStep(machineOf(definition, step.within), step);
        checkOrder(result.trace, definition);
      }),
      { numRuns: 300 },
    );
    assert.ok(ended > 100, `only ${ended} ended`);
  });
});

function allTasks(machine: Machine): string[] {
  return [...machine.states.values()].flatMap((state: State) => {
    if (state.type === "Task") return [state.name];
    if (state.type === "Parallel") return state.branches.flatMap(allTasks);
    return state.type === "Map" ? allTasks(state.processor) : [];
  });
}

/** The step's state is the machine's, and its transition one of the state's. */
function checkStep(machine: Machine, { state: name, transition: { kind, to } }: Step): void {
  const state = machine.states.get(name);
  assert.ok(state, `no state ${name}`);
  if (kind === "End") assert.ok(state.end || state.type === "Succeed");
  else if (kind === "Retry") assert.ok(to === name && state.retries.length > 0);
  else if (kind !== "Fail")
    assert.ok(
      transitions(state).some((t) => t.kind === kind && t.to === to),
      `${name} has no ${kind} ${to}`,
    );
}

/** In each machine's walk, a step begins where the one before led, or at StartAt. */
function checkOrder(trace: readonly Step[], definition: Machine): void {
  const due = new Map<string, string | null>();
  for (const { state, within, transition } of trace) {
    // a machine that ended, or in which an error passed on, begins anew where it is run again
    assert.equal(state, due.get(within) ?? machineOf(definition, within).startAt);
    due.set(within, transition.to);
  }
}
