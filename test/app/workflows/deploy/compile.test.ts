/** What is deployed of a definition: each kind of placeholder in either language, and that it means what the definition means. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import {
  allStates,
  type Json,
  type JsonMap,
  mustCheckWorkflow,
  parsePlaceholder,
  parseSource,
  readMocks,
  run,
  sourceOf,
  targetName,
} from "../../../../app/workflows";
import { compile, type ResolvedTarget, type ResolvedTargets } from "../../../../app/workflows/deploy/compile";
import { belowResult, pathsBelow } from "../../../../app/workflows/deploy/result";
import { readText, root } from "../../../support/project";

const ARN = "arn:aws:states:us-east-1:123456789012:stateMachine";
const CONNECTION = "arn:aws:events:us-east-1:123456789012:connection/shop-api/1";
const job = (name: string): ResolvedTarget => ({ kind: "job", stateMachineArn: `${ARN}:${name}` });
const targets: ResolvedTargets = {
  "shop.migrate": job("shop-migrate"),
  nightly: { kind: "workflow", stateMachineArn: `${ARN}:nightly:live` },
  "shop.api": {
    kind: "service",
    url: "https://shop.example.com/v1",
    connectionArn: CONNECTION,
    callerArn: `${ARN}:shop-api-caller`,
  },
};
const SYNC = "arn:aws:states:::states:startExecution.sync:2";
const TOKEN = "arn:aws:states:::states:startExecution.waitForTaskToken";
const HTTP = "arn:aws:states:::http:invoke";
const auth = { Authentication: { ConnectionArn: CONNECTION } };

/** The one task of a definition, compiled. */
function task(fields: JsonMap, language = "JSONata", partition: "aws" | "aws-cn" = "aws"): JsonMap {
  const state = { Type: "Task", ...fields, End: true };
  const compiled = compile({ QueryLanguage: language, StartAt: "A", States: { A: state } }, targets, partition);
  const { Type, End, ...rest } = ((compiled as JsonMap).States as JsonMap).A as JsonMap;
  assert.deepEqual([Type, End], ["Task", true]);
  return rest;
}

interface Row {
  readonly what: string;
  readonly language?: "JSONPath";
  readonly given: JsonMap;
  readonly deployed: JsonMap;
}

const rows: readonly Row[] = [
  {
    what: "a job, as the Compose file has it",
    given: { Resource: "${shop.migrate}", TimeoutSeconds: 9 },
    deployed: {
      Resource: SYNC,
      Arguments: { StateMachineArn: `${ARN}:shop-migrate`, Input: {} },
      TimeoutSeconds: 9,
      Output: "{% $states.result.Output %}",
    },
  },
  {
    what: "a job with arguments, whose result is read",
    given: {
      Resource: "${shop.migrate}",
      Arguments: { command: ["a"], environment: { DAY: "{% $day %}" } },
      Assign: { code: "{% $states.result.exitCode %}" },
      Output: { said: "{% $states.result.output & '$states.result' %}", was: "{% $states.input.x %}" },
    },
    deployed: {
      Resource: SYNC,
      Arguments: {
        StateMachineArn: `${ARN}:shop-migrate`,
        Input: { command: ["a"], environment: { DAY: "{% $day %}" } },
      },
      Assign: { code: "{% $states.result.Output.exitCode %}" },
      Output: { said: "{% $states.result.Output.output & '$states.result' %}", was: "{% $states.input.x %}" },
    },
  },
  {
    what: "a job that sends a token back: its result is what was sent",
    given: {
      Resource: "${shop.migrate}.waitForTaskToken",
      Arguments: { environment: { TOKEN: "{% $states.context.Task.Token %}" } },
      Output: "{% $states.result %}",
    },
    deployed: {
      Resource: TOKEN,
      Arguments: {
        StateMachineArn: `${ARN}:shop-migrate`,
        Input: { environment: { TOKEN: "{% $states.context.Task.Token %}" } },
      },
      Output: "{% $states.result %}",
    },
  },
  {
    what: "a job in JSONPath, without a selector of its own",
    language: "JSONPath",
    given: { Resource: "${shop.migrate}", Parameters: { "command.$": "$.c" }, ResultPath: "$.r" },
    deployed: {
      Resource: SYNC,
      Parameters: { StateMachineArn: `${ARN}:shop-migrate`, Input: { "command.$": "$.c" } },
      ResultPath: "$.r",
      ResultSelector: { "exitCode.$": "$.Output.exitCode", "output.$": "$.Output.output" },
    },
  },
  {
    what: "a job in JSONPath, with one",
    language: "JSONPath",
    given: {
      Resource: "${shop.migrate}",
      ResultSelector: { "a.$": "States.Format('$.x {}', $.output)", "b.$": "$$.Execution.Id", "c.$": "$v", d: ["$"] },
    },
    deployed: {
      Resource: SYNC,
      Parameters: { StateMachineArn: `${ARN}:shop-migrate`, Input: {} },
      ResultSelector: {
        "a.$": "States.Format('$.x {}', $.Output.output)",
        "b.$": "$$.Execution.Id",
        "c.$": "$v",
        d: ["$"],
      },
    },
  },
  {
    what: "a workflow, which is handed the state's input",
    given: { Resource: "${nightly}" },
    deployed: {
      Resource: SYNC,
      Arguments: { StateMachineArn: `${ARN}:nightly:live`, Input: "{% $states.input %}" },
      Output: "{% $states.result.Output %}",
    },
  },
  {
    what: "a workflow in JSONPath",
    language: "JSONPath",
    given: { Resource: "${nightly}", OutputPath: "$.day" },
    deployed: {
      Resource: SYNC,
      Parameters: { StateMachineArn: `${ARN}:nightly:live`, "Input.$": "$" },
      OutputPath: "$.Output.day",
      ResultSelector: { "Output.$": "$.Output" },
    },
  },
  {
    what: "a service",
    given: { Resource: "${shop.api}", Arguments: { Method: "POST", Path: "/orders", RequestBody: { n: 1 } } },
    deployed: {
      Resource: HTTP,
      Arguments: { ApiEndpoint: "https://shop.example.com/v1/orders", ...auth, Method: "POST", RequestBody: { n: 1 } },
    },
  },
  {
    what: "a service at a path that an expression says",
    given: { Resource: "${shop.api}", Arguments: { Path: "{% '/orders/' & $states.input.id %}" } },
    deployed: {
      Resource: HTTP,
      Arguments: {
        ApiEndpoint: "{% 'https://shop.example.com/v1' & ('/orders/' & $states.input.id) %}",
        Method: "GET",
        ...auth,
      },
    },
  },
  {
    what: "a service in JSONPath",
    language: "JSONPath",
    given: { Resource: "${shop.api}", Parameters: { "Path.$": "$.path", "Method.$": "$.m" }, ResultPath: "$.r" },
    deployed: {
      Resource: HTTP,
      Parameters: {
        "ApiEndpoint.$": "States.Format('https://shop.example.com/v1{}', $.path)",
        ...auth,
        "Method.$": "$.m",
      },
      ResultPath: "$.r",
    },
  },
  {
    what: "a service that sends a token back: a state machine calls it",
    given: {
      Resource: "${shop.api}.waitForTaskToken",
      Arguments: { Headers: { token: "{% $states.context.Task.Token %}" } },
    },
    deployed: {
      Resource: TOKEN,
      Arguments: {
        StateMachineArn: `${ARN}:shop-api-caller`,
        Input: { Headers: { token: "{% $states.context.Task.Token %}" } },
      },
    },
  },
  {
    what: "what is no placeholder, untouched",
    given: { Resource: "arn:aws:states:::sqs:sendMessage", Arguments: { MessageBody: "${shop.api}" } },
    deployed: { Resource: "arn:aws:states:::sqs:sendMessage", Arguments: { MessageBody: "${shop.api}" } },
  },
];

describe("what is deployed of a definition", () => {
  for (const { what, language = "JSONata", given, deployed } of rows)
    it(what, () => assert.deepEqual(task(given, language), deployed));

  it("has the integrations of its own partition", () =>
    assert.equal(task({ Resource: "${shop.api}" }, "JSONata", "aws-cn").Resource, "arn:aws-cn:states:::http:invoke"));

  it("reaches into branches and maps, each state in its own language", () => {
    const inner = (QueryLanguage: string) => ({
      StartAt: "B",
      States: { B: { QueryLanguage, Type: "Task", Resource: "${shop.migrate}", End: true } },
    });
    const compiled = JSON.stringify(
      compile(
        {
          StartAt: "A",
          States: {
            A: { Type: "Parallel", Branches: [inner("JSONata"), inner("JSONPath")], Next: "M" },
            M: { Type: "Map", ItemProcessor: inner("JSONata"), End: true },
          },
        },
        targets,
        "aws",
      ),
    );
    assert.ok(!compiled.includes("${"));
    assert.equal(compiled.split('"Output":"{% $states.result.Output %}"').length - 1, 2);
    assert.equal(compiled.split('"ResultSelector"').length - 1, 1);
  });
});

describe("a result's readers, moved below Output", () => {
  it("leave texts alone, whatever stands in them", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("$", "states", ".", "result", " ", "x") }), (text) => {
        const quoted = JSON.stringify(text);
        assert.equal(belowResult(`{% ${quoted} & $states . result.x %}`), `{% ${quoted} & $states.result.Output.x %}`);
        assert.equal(pathsBelow(`States.Format('${text}', $.x)`), `States.Format('${text}', $.Output.x)`);
      }),
    );
  });

  it("are the result's alone", () => {
    assert.equal(belowResult("{% $states.results %}"), "{% $states.results %}");
    assert.equal(belowResult("{% $states.input.result %}"), "{% $states.input.result %}");
    assert.equal(belowResult("$states.result"), "$states.result");
  });
});

const folder = join(__dirname, "../traces");
const traced = readdirSync(folder).map((file) => {
  const { value } = parseSource(file, readFileSync(join(folder, file), "utf8"));
  const { definition, mocks = {}, input } = value as Record<string, Json>;
  return { name: file, definition: definition!, mocks, input: input! };
});
const example = (file: string) => parseSource(file, readText(`examples/shop/workflows/${file}`)).value;
const order = {
  name: "the order workflow of examples/shop",
  definition: example("order.asl.yaml"),
  mocks: example("order.mocks.yaml"),
  input: { day: "2026-11-27" },
};

/** An ARN that no integration has, one for each job, by which mocks find it. */
const standIn = (name: string) => `arn:aws:states:::stand-in:${name}`;

/** What stands in for a job gives what Step Functions says of an execution. */
const asExecution = (mock: Json): Json => {
  if (Array.isArray(mock)) return mock.map(asExecution);
  const { result, ...rest } = mock as JsonMap;
  const { exitCode = 0 } = (result ?? {}) as { readonly exitCode?: number };
  if (exitCode !== 0) return { error: "States.TaskFailed", cause: `the job ended with exit code ${exitCode}` };
  return result === undefined ? rest : { ...rest, result: { Output: { output: null, ...(result as JsonMap) } } };
};

describe("what is deployed does what the definition does", () => {
  for (const { name, definition, mocks, input } of [order, ...traced]) {
    it(name, async () => {
      const before = mustCheckWorkflow(sourceOf("definition", definition));
      const calls = allStates(before).flatMap((state) => {
        const placeholder = state.type === "Task" ? parsePlaceholder(state.resource) : null;
        return placeholder ? [{ state: state.name, name: targetName(placeholder) }] : [];
      });
      const jobs = calls.filter(({ name: called }) => !called.endsWith(".api"));
      const isJob = (called: string) => jobs.some((known) => known.name === called);
      const compiled = compile(
        definition,
        Object.fromEntries(
          calls.map(({ name: called }): [string, ResolvedTarget] => [
            called,
            isJob(called)
              ? { kind: "job", stateMachineArn: standIn(called) }
              : { kind: "service", url: "https://a.b", connectionArn: CONNECTION, callerArn: CONNECTION },
          ]),
        ),
        "aws",
      );
      // each job's executions under a name of their own
      const text = JSON.stringify(compiled).replace(
        /"arn:aws:states:::states:startExecution\.sync:2","(?<key>Arguments|Parameters)":\{"StateMachineArn":"(?<arn>[^"]+)"/gu,
        '"$2","$1":{"StateMachineArn":"$2"',
      );
      const { states = {}, resources = {}, default: otherwise } = mocks as Record<string, JsonMap>;
      const wrapped = {
        states: Object.fromEntries(
          Object.entries(states).map(([state, mock]) => [
            state,
            jobs.some((known) => known.state === state) ? asExecution(mock) : mock,
          ]),
        ),
        resources: Object.fromEntries(
          Object.entries(resources).map(([resource, mock]) => {
            const called = resource.slice(2, -1);
            if (isJob(called)) return [standIn(called), asExecution(mock)];
            if (resource.endsWith(".waitForTaskToken")) return [TOKEN, mock];
            return [resource.endsWith(".api}") ? HTTP : resource, mock];
          }),
        ),
        ...(otherwise && { default: jobs.length > 0 ? asExecution(otherwise) : otherwise }),
      };
      const after = mustCheckWorkflow(sourceOf("compiled", JSON.parse(text) as Json));
      const ran = (read: typeof before, given: Json) =>
        run(read, { mocks: readMocks(sourceOf("mocks", given), read), input });
      const [expected, got] = [await ran(before, mocks), await ran(after, wrapped)];
      const plain = ({ status, trace, ...ended }: typeof expected) => ({
        status,
        states: trace.map(({ state, attempt, transition }) => ({ state, attempt, transition })),
        ...ended,
      });
      assert.deepEqual(plain(got), plain(expected));
    });
  }

  it("the examples of the project among them", () => assert.ok(root.length > 0 && traced.length >= 15));
});
