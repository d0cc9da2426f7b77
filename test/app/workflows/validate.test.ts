/** Every rule: a definition that it catches, with the place, and one beside it that it leaves alone. */
import assert from "node:assert/strict";
import { InputError } from "../../../app/finding";
import {
  checkWorkflow,
  mustCheckWorkflow,
  parseSource,
  type Targets,
  type ValidateOptions,
  validateWorkflow,
} from "../../../app/workflows";

const targets: Targets = {
  jobs: new Set(["shop.migrate", "my-app.report.daily"]),
  services: new Set(["shop.api", "shop.worker"]),
  https: new Set(["shop.api"]),
  workflows: new Map([
    ["nightly", "STANDARD"],
    ["quick", "EXPRESS"],
  ]),
};

/** A task that no rule has a word for. */
const RETRY = "Retry: [{ ErrorEquals: [States.TaskFailed] }]";
const task = (resource = "${shop.migrate}", more = "End: true") =>
  `{ Type: Task, Resource: "${resource}", ${RETRY}, ${more} }`;
const machine = (states: string, more = "") => `StartAt: A\n${more}States:\n  A: ${states}\n`;
const JSONATA = "QueryLanguage: JSONata\n";
const long = "x".repeat(256 * 1024);

interface Row extends ValidateOptions {
  readonly rule: string;
  /** A definition, the message, and where it is told: the state, and the text there. */
  readonly catches: readonly [string, RegExp, string];
  readonly leaves: string;
  readonly level?: "warning";
}

const rows: readonly Row[] = [
  {
    rule: "a state's name of over 80 characters",
    catches: [
      `StartAt: ${"n".repeat(81)}\nStates: { ${"n".repeat(81)}: { Type: Succeed } }`,
      /81 characters, at most 80/,
      `${"n".repeat(81)}: n`,
    ],
    leaves: `StartAt: ${"n".repeat(80)}\nStates: { ${"n".repeat(80)}: { Type: Succeed } }`,
  },
  {
    rule: "a name that stands twice, in a branch too",
    catches: [
      machine("{ Type: Parallel, Branches: [{ StartAt: A, States: { A: { Type: Succeed } } }], End: true }"),
      /a state at line 3 has the same name/,
      "A: A",
    ],
    leaves: machine("{ Type: Parallel, Branches: [{ StartAt: B, States: { B: { Type: Succeed } } }], End: true }"),
  },
  {
    rule: "StartAt that is missing",
    catches: ["States: { A: { Type: Succeed } }", /StartAt is missing/, "null: States"],
    leaves: "StartAt: A\nStates: { A: { Type: Succeed } }",
  },
  {
    rule: "StartAt that names no state",
    catches: [
      "StartAt: B\nStates: { A: { Type: Succeed } }",
      /StartAt: no state beside it is named "B"/,
      "null: StartAt",
    ],
    leaves: "StartAt: A\nStates: { A: { Type: Succeed } }",
  },
  {
    rule: "Next that names no state",
    catches: [
      machine("{ Type: Pass, Next: Lats }\n  Last: { Type: Succeed }"),
      /"Lats", did you mean "Last"/,
      "A: Next",
    ],
    leaves: machine("{ Type: Pass, Next: Last }\n  Last: { Type: Succeed }"),
  },
  {
    rule: "Next out of a branch",
    catches: [
      machine(
        `{ Type: Parallel, Branches: [{ StartAt: B, States: { B: { Type: Pass, Next: C } } }], Next: C }\n  C: { Type: Succeed }`,
      ),
      /no state beside it is named "C"/,
      "B: Next",
    ],
    leaves: machine(
      `{ Type: Parallel, Branches: [{ StartAt: B, States: { B: { Type: Pass, End: true } } }], Next: C }\n  C: { Type: Succeed }`,
    ),
  },
  {
    rule: "Default and Catch that name no state",
    catches: [
      machine(
        `{ Type: Choice, Choices: [{ Variable: $.a, IsNull: true, Next: B }], Default: C }\n  B: { Type: Succeed }`,
      ),
      /no state beside it is named "C"/,
      "A: Default",
    ],
    leaves: machine(
      `{ Type: Choice, Choices: [{ Variable: $.a, IsNull: true, Next: B }], Default: B }\n  B: { Type: Succeed }`,
    ),
  },
  {
    rule: "a Choice without Default",
    level: "warning",
    catches: [
      machine(`{ Type: Choice, Choices: [{ Variable: $.a, IsNull: true, Next: B }] }\n  B: { Type: Succeed }`),
      /without Default fails with States\.NoChoiceMatched/,
      "A: A",
    ],
    leaves: machine(
      `{ Type: Choice, Choices: [{ Variable: $.a, IsNull: true, Next: B }], Default: B }\n  B: { Type: Succeed }`,
    ),
  },
  {
    rule: "End and Next together",
    catches: [machine("{ Type: Pass, End: true, Next: B }\n  B: { Type: Succeed }"), /has End and Next/, "A: End"],
    leaves: machine("{ Type: Pass, Next: B }\n  B: { Type: Succeed }"),
  },
  {
    rule: "neither End nor Next",
    catches: [machine("{ Type: Pass }"), /neither Next nor End/, "A: A"],
    leaves: machine("{ Type: Pass, End: true }"),
  },
  {
    rule: "End that is not true",
    catches: [machine("{ Type: Pass, End: false }"), /End is false; give true, or Next/, "A: End"],
    leaves: machine("{ Type: Pass, End: true }"),
  },
  {
    rule: "a state that nothing leads to",
    catches: [machine("{ Type: Succeed }\n  B: { Type: Pass, Next: A }"), /nothing leads to it from StartAt/, "B: B"],
    leaves: machine("{ Type: Pass, Next: B }\n  B: { Type: Succeed }"),
  },
  {
    rule: "states that lead to each other alone",
    catches: [
      machine(
        "{ Type: Succeed }\n  B: { Type: Pass, Next: C }\n  C: { Type: Choice, Choices: [{ Variable: $.a, IsNull: true, Next: A }], Default: B }",
      ),
      /nothing leads to it from StartAt/,
      "B: B",
    ],
    leaves: machine(
      `${task("${shop.migrate}", "Catch: [{ ErrorEquals: [States.ALL], Next: B }], End: true")}\n  B: { Type: Succeed }`,
    ),
  },
  {
    rule: "a loop with no way out",
    catches: [
      machine(`${task("${shop.migrate}", "Next: B")}\n  B: { Type: Pass, Next: A }`),
      /nothing leads out of the loop A, B; add a Choice/,
      "A: A",
    ],
    leaves: machine(
      `${task("${shop.migrate}", "Next: B")}\n  B: { Type: Choice, Choices: [{ Variable: $.a, IsNull: true, Next: A }], Default: C }\n  C: { Type: Succeed }`,
    ),
  },
  {
    rule: "a loop that waits, with no way out, beside an end",
    level: "warning",
    catches: [
      machine(
        `{ Type: Choice, Choices: [{ Variable: $.a, IsNull: true, Next: B }], Default: C }\n  B: { Type: Wait, Seconds: 5, Next: D }\n  D: { Type: Pass, Next: B }\n  C: { Type: Succeed }`,
      ),
      /nothing leads out of the loop B, D: it runs until AWS stops it/,
      "B: B",
    ],
    leaves: machine(
      `{ Type: Choice, Choices: [{ Variable: $.a, IsNull: true, Next: B }], Default: C }\n  B: { Type: Wait, Seconds: 5, Next: A }\n  C: { Type: Succeed }`,
    ),
  },
  {
    rule: "a loop that an error alone ends",
    level: "warning",
    catches: [
      machine(
        `${task("${shop.migrate}", "Catch: [{ ErrorEquals: [States.ALL], Next: B }], Next: A")}\n  B: { Type: Succeed }`,
      ),
      /only an error leads out of the loop A/,
      "A: A",
    ],
    leaves: machine(
      `${task("${shop.migrate}", "Catch: [{ ErrorEquals: [States.ALL], Next: A }], Next: B")}\n  B: { Type: Succeed }`,
    ),
  },
  {
    rule: "a Type that is none",
    catches: [machine("{ Type: Tsk, End: true }"), /got the Type "Tsk", did you mean "Task"/, "A: Type"],
    leaves: machine(task()),
  },
  {
    rule: "a state that is no map",
    catches: [machine("Pass"), /got "Pass"; a state is a map with a Type/, "A: A"],
    leaves: machine("{ Type: Succeed }"),
  },
  {
    rule: "no states",
    catches: ["StartAt: A\nStates: {}", /States is \{\}; give a map with at least one state/, "null: States"],
    leaves: machine("{ Type: Succeed }"),
  },
  {
    rule: "a Parallel without branches",
    catches: [machine("{ Type: Parallel, Branches: [], End: true }"), /Branches is missing or empty/, "A: Branches"],
    leaves: machine("{ Type: Parallel, Branches: [{ StartAt: B, States: { B: { Type: Succeed } } }], End: true }"),
  },
  {
    rule: "a Choice without rules",
    catches: [
      machine("{ Type: Choice, Choices: [], Default: B }\n  B: { Type: Succeed }"),
      /Choices is missing or empty/,
      "A: Choices",
    ],
    leaves: machine(
      "{ Type: Choice, Choices: [{ Variable: $.a, IsNull: true, Next: B }], Default: B }\n  B: { Type: Succeed }",
    ),
  },
  {
    rule: "a choice rule without Next",
    catches: [
      machine("{ Type: Choice, Choices: [{ Variable: $.a, IsNull: true }], Default: B }\n  B: { Type: Succeed }"),
      /a choice rule is a map with a condition and Next/,
      "A: { Vari",
    ],
    leaves: machine(
      "{ Type: Choice, Choices: [{ Variable: $.a, IsNull: true, Next: B }], Default: B }\n  B: { Type: Succeed }",
    ),
  },
  {
    rule: "a catcher without ErrorEquals",
    catches: [
      machine(`${task("${shop.migrate}", "Catch: [{ Next: B }], End: true")}\n  B: { Type: Succeed }`),
      /ErrorEquals is missing/,
      "A: { Next",
    ],
    leaves: machine(
      `${task("${shop.migrate}", "Catch: [{ ErrorEquals: [Mine], Next: B }], End: true")}\n  B: { Type: Succeed }`,
    ),
  },
  {
    rule: "a field that the state has not",
    catches: [
      machine("{ Type: Wait, Second: 5, End: true }"),
      /a Wait state has no field Second, did you mean "Seconds"/,
      "A: Second",
    ],
    leaves: machine("{ Type: Wait, Seconds: 5, End: true }"),
  },
  {
    rule: "a JSONPath field in a state in JSONata",
    catches: [
      machine(task("${shop.migrate}", "Parameters: {}, End: true"), JSONATA),
      /Parameters is JSONPath's, this state is in JSONata; use Arguments/,
      "A: Parameters",
    ],
    leaves: machine(task("${shop.migrate}", "Arguments: {}, End: true"), JSONATA),
  },
  {
    rule: "a JSONata field in a state in JSONPath",
    catches: [
      machine("{ Type: Pass, Output: {}, End: true }"),
      /Output is JSONata's, this state is in JSONPath; use ResultSelector/,
      "A: Output",
    ],
    leaves: machine("{ Type: Pass, QueryLanguage: JSONata, Output: {}, End: true }"),
  },
  {
    rule: "a state in JSONPath in a definition in JSONata",
    catches: [
      machine("{ Type: Pass, QueryLanguage: JSONPath, End: true }", JSONATA),
      /a definition in JSONata has no states in JSONPath/,
      "A: QueryLanguage",
    ],
    leaves: machine("{ Type: Pass, QueryLanguage: JSONata, End: true }", JSONATA),
  },
  {
    rule: "a QueryLanguage that is none",
    catches: [
      machine("{ Type: Pass, QueryLanguage: jq, End: true }"),
      /got the QueryLanguage "jq"; allowed: JSONPath, JSONata/,
      "A: QueryLanguage",
    ],
    leaves: machine("{ Type: Pass, QueryLanguage: JSONPath, End: true }"),
  },
  {
    rule: "a key with .$ in JSONata",
    catches: [
      machine('{ Type: Pass, Output: { "a.$": $.a }, End: true }', JSONATA),
      /a\.\$ is JSONPath's; write the key without/,
      'A: "a.$":',
    ],
    leaves: machine('{ Type: Pass, Output: { a: "{% $states.input.a %}" }, End: true }', JSONATA),
  },
  {
    rule: "a key with .$ beside the key without",
    catches: [
      machine('{ Type: Pass, Parameters: { "a.$": $.a, a: 1 }, End: true }'),
      /a and a\.\$ are the same key/,
      "A: a:",
    ],
    leaves: machine('{ Type: Pass, Parameters: { "a.$": $.a, b: 1 }, End: true }'),
  },
  {
    rule: "an expression that is no JSONata",
    catches: [
      machine('{ Type: Pass, Output: "{% $states.input. %}", End: true }', JSONATA),
      /not valid JSONata at character \d+/,
      "A: Output",
    ],
    leaves: machine('{ Type: Pass, Output: "{% $states.input %}", End: true }', JSONATA),
  },
  {
    rule: "$eval",
    catches: [
      machine("{ Type: Pass, Output: \"{% $eval('1') %}\", End: true }", JSONATA),
      /has no \$eval; use \$parse/,
      "A: Output",
    ],
    leaves: machine("{ Type: Pass, Output: \"{% $parse('1') %}\", End: true }", JSONATA),
  },
  {
    rule: "an expression with something around it",
    catches: [
      machine('{ Type: Pass, Output: "{% $states.input %} ", End: true }', JSONATA),
      /starts with \{% and ends with %\}, with nothing around/,
      "A: Output",
    ],
    leaves: machine('{ Type: Pass, Output: "100 %", End: true }', JSONATA),
  },
  {
    rule: "an expression in JSONPath",
    level: "warning",
    catches: [machine('{ Type: Pass, Result: "{% 1 %}", End: true }'), /a plain text in JSONPath/, "A: Result"],
    leaves: machine('{ Type: Pass, Result: "1 %", End: true }'),
  },
  {
    rule: "a rule in JSONata without Condition",
    catches: [
      machine(
        "{ Type: Choice, Choices: [{ Variable: $.a, IsNull: true, Next: B }], Default: B }\n  B: { Type: Succeed }",
        JSONATA,
      ),
      /a rule in JSONata has a Condition/,
      "A: { Vari",
    ],
    leaves: machine(
      '{ Type: Choice, Choices: [{ Condition: "{% true %}", Next: B }], Default: B }\n  B: { Type: Succeed }',
      JSONATA,
    ),
  },
  {
    rule: "a rule in JSONPath with Condition",
    catches: [
      machine('{ Type: Choice, Choices: [{ Condition: "true", Next: B }], Default: B }\n  B: { Type: Succeed }'),
      /Condition is JSONata's/,
      "A: Condition",
    ],
    leaves: machine(
      "{ Type: Choice, Choices: [{ Variable: $.a, IsNull: true, Next: B }], Default: B }\n  B: { Type: Succeed }",
    ),
  },
  {
    rule: "a Wait of over a year",
    catches: [
      machine("{ Type: Wait, Seconds: 31536001, End: true }"),
      /waits 31536001 s; a workflow lasts a year/,
      "A: Seconds",
    ],
    leaves: machine("{ Type: Wait, Seconds: 31536000, End: true }"),
  },
  {
    rule: "a Wait that EXPRESS does not last",
    type: "EXPRESS",
    catches: [machine("{ Type: Wait, Seconds: 301, End: true }"), /EXPRESS workflow lasts 300 s at most/, "A: Seconds"],
    leaves: machine("{ Type: Wait, Seconds: 300, End: true }"),
  },
  {
    rule: "a timeout that EXPRESS does not last",
    type: "EXPRESS",
    level: "warning",
    catches: [
      machine(task("arn:aws:states:::http:invoke", "TimeoutSeconds: 301, End: true")),
      /ends after 300 s, before this timeout/,
      "A: TimeoutSeconds",
    ],
    leaves: machine(task("arn:aws:states:::http:invoke", "TimeoutSeconds: 300, End: true")),
  },
  {
    rule: "HeartbeatSeconds that is not below TimeoutSeconds",
    catches: [
      machine(task("${shop.migrate}", "TimeoutSeconds: 60, HeartbeatSeconds: 60, End: true")),
      /HeartbeatSeconds 60 is not below TimeoutSeconds 60/,
      "A: HeartbeatSeconds",
    ],
    leaves: machine(task("${shop.migrate}", "TimeoutSeconds: 60, HeartbeatSeconds: 59, End: true")),
  },
  {
    rule: "a timeout of no time",
    catches: [
      machine(task("${shop.migrate}", "TimeoutSeconds: 0, End: true")),
      /got TimeoutSeconds 0; give 1 to 99999999/,
      "A: TimeoutSeconds",
    ],
    leaves: machine(task("${shop.migrate}", "TimeoutSeconds: 1, End: true")),
  },
  {
    rule: "a payload of over 256 KiB",
    catches: [
      machine(`{ Type: Pass, Result: ${long}, End: true }`),
      /Result has 262146 bytes, a state passes 262144/,
      "A: Result",
    ],
    leaves: machine(`{ Type: Pass, Result: ${long.slice(2)}, End: true }`),
  },
  {
    rule: "a Resource that is neither placeholder nor ARN",
    catches: [machine(task("migrate")), /got the Resource "migrate"; give an ARN, or \$\{app\.job\}/, "A: Resource"],
    leaves: machine(task("arn:aws:states:::dynamodb:putItem")),
  },
  {
    rule: "a placeholder that names nothing",
    targets,
    catches: [
      machine(task("${shop.migrat}")),
      /no job and no service is named shop\.migrat, did you mean "shop\.migrate"/,
      "A: Resource",
    ],
    leaves: machine(task("${my-app.report.daily}")),
  },
  {
    rule: "a service without an HTTPS endpoint",
    targets,
    catches: [machine(task("${shop.worker}")), /the service shop\.worker has no HTTPS endpoint/, "A: Resource"],
    leaves: machine(task("${shop.api}")),
  },
  {
    rule: "a placeholder that is none",
    catches: [machine(task("${Migrate}")), /got the placeholder "\$\{Migrate\}"; write \$\{app\.job\}/, "A: Resource"],
    leaves: machine(task("${shop.migrate}")),
  },
  {
    rule: "a placeholder with .sync",
    catches: [machine(task("${shop.migrate}.sync")), /leave \.sync out, a job is always awaited/, "A: Resource"],
    leaves: machine(task("${shop.migrate}")),
  },
  {
    rule: "a placeholder elsewhere in a task",
    catches: [
      machine(task("${shop.migrate}", 'Parameters: { command: ["${shop.migrate}"] }, End: true')),
      /a placeholder stands in Parameters\.command\.0; it may stand/,
      'A: "${sho',
    ],
    leaves: machine(task("${shop.migrate}", 'Parameters: { command: ["sh", "-c", "echo ${HOME}"] }, End: true')),
  },
  {
    rule: "a placeholder elsewhere in the definition",
    catches: [
      machine("{ Type: Succeed }", "Version: ${shop.migrate}\n"),
      /a placeholder stands in Version/,
      "null: Version",
    ],
    leaves: machine("{ Type: Succeed }", "Comment: runs ${shop.migrate}\n"),
  },
  {
    rule: "an input that a job does not take",
    targets,
    catches: [
      machine(task("${shop.migrate}", "Parameters: { comand: [a] }, End: true")),
      /shop\.migrate takes no comand, did you mean "command"/,
      "A: comand",
    ],
    leaves: machine(task("${shop.migrate}", 'Parameters: { "command.$": $.c, environment: {} }, End: true')),
  },
  {
    rule: "an input that a service does not take",
    targets,
    catches: [
      machine(task("${shop.api}", "Parameters: { command: [a] }, End: true")),
      /shop\.api takes no command.*allowed: Method, Path/,
      "A: command",
    ],
    leaves: machine(task("${shop.api}", 'Parameters: { Method: POST, Path: /orders, "RequestBody.$": $ }, End: true')),
  },
  {
    rule: "a workflow that is not there",
    targets,
    catches: [machine(task("${nightlly}")), /no workflow is named nightlly, did you mean "nightly"/, "A: Resource"],
    leaves: machine(task("${nightly}", "Parameters: { any: thing }, End: true")),
  },
  {
    rule: "a workflow that is EXPRESS and awaited",
    targets,
    catches: [machine(task("${quick}")), /quick is EXPRESS, whose end nobody can await/, "A: Resource"],
    leaves: machine(
      task("${quick}.waitForTaskToken", 'Parameters: { "t.$": $$.Task.Token }, TimeoutSeconds: 9, End: true'),
    ),
  },
  {
    rule: "a workflow in EXPRESS",
    type: "EXPRESS",
    targets,
    catches: [machine(task("${nightly}")), /awaits a workflow, which EXPRESS cannot/, "A: Resource"],
    leaves: machine(task("${shop.api}")),
  },
  {
    rule: "a service's input that is no map",
    targets,
    catches: [
      machine(task("${shop.api}", 'Arguments: "{% $x %}", End: true'), JSONATA),
      /shop\.api is called over HTTP, by an endpoint that is filled in; give Arguments as a map/,
      "A: Arguments",
    ],
    leaves: machine(task("${shop.migrate}", 'Arguments: "{% $x %}", End: true'), JSONATA),
  },
  {
    rule: "$states as a whole where a job's result is read",
    targets,
    catches: [
      machine(task("${shop.migrate}", 'Output: "{% $merge([$states, {}]) %}", End: true'), JSONATA),
      /reads \$states as a whole; read \$states\.result/,
      "A: Output",
    ],
    leaves: machine(
      task("${shop.migrate}", 'Output: "{% [$states.result, $statesman, $states . input] %}", End: true'),
      JSONATA,
    ),
  },
  {
    rule: ".sync in EXPRESS",
    type: "EXPRESS",
    catches: [
      machine(task("arn:aws:states:::ecs:runTask.sync")),
      /awaits a job \(\.sync\), which EXPRESS cannot; use STANDARD/,
      "A: Resource",
    ],
    leaves: machine(task("arn:aws:states:::ecs:runTask")),
  },
  {
    rule: ".waitForTaskToken in EXPRESS",
    type: "EXPRESS",
    catches: [
      machine(
        task(
          "${shop.api}.waitForTaskToken",
          'Parameters: { "RequestBody.$": $$.Task.Token }, TimeoutSeconds: 9, End: true',
        ),
      ),
      /awaits a token \(\.waitForTaskToken\), which EXPRESS cannot/,
      "A: Resource",
    ],
    leaves: machine(task("${shop.api}")),
  },
  {
    rule: "a job in EXPRESS",
    type: "EXPRESS",
    targets,
    catches: [machine(task("${shop.migrate}")), /awaits a job, which EXPRESS cannot/, "A: Resource"],
    leaves: machine(task("${shop.api}")),
  },
  {
    rule: "an activity in EXPRESS",
    type: "EXPRESS",
    catches: [
      machine(task("arn:aws:states:us-east-1:123456789012:activity:a")),
      /is an activity, which EXPRESS cannot/,
      "A: Resource",
    ],
    leaves: machine(task("arn:aws:states:::lambda:invoke")),
  },
  {
    rule: "a distributed Map in EXPRESS",
    type: "EXPRESS",
    catches: [
      machine(
        "{ Type: Map, ItemProcessor: { ProcessorConfig: { Mode: DISTRIBUTED, ExecutionType: EXPRESS }, StartAt: B, States: { B: { Type: Succeed } } }, End: true }",
      ),
      /an EXPRESS workflow has no distributed Map/,
      "A: A",
    ],
    leaves: machine(
      "{ Type: Map, ItemProcessor: { ProcessorConfig: { Mode: INLINE }, StartAt: B, States: { B: { Type: Succeed } } }, End: true }",
    ),
  },
  {
    rule: ".sync in the EXPRESS items of a distributed Map",
    catches: [
      machine(
        `{ Type: Map, ItemProcessor: { ProcessorConfig: { Mode: DISTRIBUTED, ExecutionType: EXPRESS }, StartAt: B, States: { B: ${task("arn:aws:states:::ecs:runTask.sync")} } }, End: true }`,
      ),
      /awaits a job \(\.sync\), which EXPRESS cannot/,
      "B: Resource",
    ],
    leaves: machine(
      `{ Type: Map, ItemProcessor: { ProcessorConfig: { Mode: DISTRIBUTED, ExecutionType: STANDARD }, StartAt: B, States: { B: ${task("arn:aws:states:::ecs:runTask.sync")} } }, End: true }`,
    ),
  },
  {
    rule: "a token that nobody gets",
    catches: [
      machine(task("${shop.api}.waitForTaskToken", "TimeoutSeconds: 9, End: true")),
      /awaits a token that it passes to nobody/,
      "A: Resource",
    ],
    leaves: machine(
      task(
        "${shop.api}.waitForTaskToken",
        'Parameters: { "RequestBody.$": $$.Task.Token }, TimeoutSeconds: 9, End: true',
      ),
    ),
  },
  {
    rule: "a token that is awaited without end",
    level: "warning",
    catches: [
      machine(task("${shop.api}.waitForTaskToken", 'Parameters: { "RequestBody.$": $$.Task.Token }, End: true')),
      /awaits a token for up to a year/,
      "A: A",
    ],
    leaves: machine(
      task(
        "${shop.api}.waitForTaskToken",
        'Parameters: { "RequestBody.$": $$.Task.Token }, HeartbeatSeconds: 9, End: true',
      ),
    ),
  },
  {
    rule: "a task with no retry on throttling",
    level: "warning",
    catches: [
      machine('{ Type: Task, Resource: "${shop.migrate}", Retry: [{ ErrorEquals: [Mine] }], End: true }'),
      /has no Retry on throttling/,
      "A: A",
    ],
    leaves: machine(
      '{ Type: Task, Resource: "${shop.migrate}", Retry: [{ ErrorEquals: [ECS.ThrottlingException] }], End: true }',
    ),
  },
  {
    rule: "States.ALL beside other errors",
    catches: [
      machine(
        `${task("${shop.migrate}", "Catch: [{ ErrorEquals: [States.ALL, Mine], Next: B }], End: true")}\n  B: { Type: Succeed }`,
      ),
      /States\.ALL stands alone/,
      "A: ErrorEquals",
    ],
    leaves: machine(
      `${task("${shop.migrate}", "Catch: [{ ErrorEquals: [States.ALL], Next: B }], End: true")}\n  B: { Type: Succeed }`,
    ),
  },
  {
    rule: "States.ALL before other catchers",
    catches: [
      machine(
        `${task("${shop.migrate}", "Catch: [{ ErrorEquals: [States.ALL], Next: B }, { ErrorEquals: [Mine], Next: B }], End: true")}\n  B: { Type: Succeed }`,
      ),
      /States\.ALL stands last in Catch/,
      "A: { Erro",
    ],
    leaves: machine(
      `${task("${shop.migrate}", "Catch: [{ ErrorEquals: [Mine], Next: B }, { ErrorEquals: [States.ALL], Next: B }], End: true")}\n  B: { Type: Succeed }`,
    ),
  },
];

const check = (text: string, options: ValidateOptions) => checkWorkflow(parseSource("w.asl.yaml", text), options);

describe("the rules of workflows", () => {
  for (const { rule, catches, leaves, level = "error", type, targets: known } of rows) {
    const options = { ...(type && { type }), ...(known && { targets: known }) };

    it(`catch ${rule}`, () => {
      const [text, message, place] = catches;
      const { errors, warnings } = check(text, options);
      const found = (level === "error" ? errors : warnings).filter((problem) => message.test(problem.message));
      assert.notEqual(found.length, 0, JSON.stringify({ errors, warnings }));
      const { state, location } = found[0]!;
      const standing = text.split("\n")[location.line - 1]!.slice(location.column - 1);
      assert.ok(`${state}: ${standing}`.startsWith(place), `${state}: ${standing}`);
      assert.equal(location.file, "w.asl.yaml");
      if (level === "warning") assert.deepEqual(errors, []);
    });

    it(`leave its neighbour alone: ${rule}`, () => {
      const { errors, warnings } = check(leaves, options);
      assert.deepEqual({ errors, warnings }, { errors: [], warnings: [] });
    });
  }

  it("say all at once, in the order of the file", () => {
    const { errors } = check(
      "StartAt: A\nStates:\n  A: { Type: Pass, Next: X, Foo: 1 }\n  B: { Type: Wait, Seconds: 99999999, Next: Y }\n",
      {},
    );
    assert.deepEqual(
      errors.map(({ state, location }) => `${state}:${location.line}`),
      ["A:3", "A:3", "B:4", "B:4", "B:4"],
    );
  });

  it("are thrown as an input's errors, the state named", () => {
    assert.throws(
      () => mustCheckWorkflow(parseSource("w.asl.yaml", machine("{ Type: Pass }"))),
      (error) =>
        error instanceof InputError &&
        error.message.startsWith('w.asl.yaml:3:3: state "A": it has neither Next nor End'),
    );
  });
});

describe("validateWorkflow", function () {
  this.timeout(60_000);
  const validate = (text: string) => validateWorkflow(parseSource("w.asl.yaml", text));

  it("says what asl-validator finds, in each state, with its place", () => {
    const { errors } = validate(
      [
        "StartAt: A",
        "States:",
        `  A: ${task("${shop.migrate}", 'InputPath: "$[", Next: B')}`,
        "  B: { Type: Wait, Seconds: 1, Timestamp: 2027-01-01T00:00:00Z, Next: C }",
        '  C: { Type: Pass, Parameters: { "a.$": "States.Frmat(1)" }, Next: D }',
        "  D: { Type: Pass, End: true }",
      ].join("\n"),
    );
    const places = errors.map(({ state, location }) => `${state}:${location.line}`);
    assert.match(errors[0]!.message, /^InputPath is no JSONPath that may stand there$/);
    assert.match(errors[1]!.message, /^has to have exactly one of "Seconds"/);
    assert.match(errors[2]!.message, /^Parameters\.a\.\$ is neither a JSONPath nor an intrinsic function$/);
    assert.deepEqual([...new Set(places)], ["A:3", "B:4", "C:5"]);
  });

  it("leaves alone what the library does not know: placeholders, JSONata over lines, any JSON as output", () => {
    const { errors, warnings } = validate(
      [
        "QueryLanguage: JSONata",
        "StartAt: A",
        "States:",
        "  A:",
        "    Type: Task",
        "    Resource: ${shop.api}.waitForTaskToken",
        "    TimeoutSeconds: 60",
        "    Retry: [{ ErrorEquals: [States.ALL], MaxDelaySeconds: 9, JitterStrategy: FULL }]",
        "    Arguments:",
        '      Method: ""',
        "      RequestBody: |",
        "        two",
        "        lines",
        '      Headers: { token: "{% $states.context.Task.Token %}", list: [[a], 1] }',
        "    Assign: { note: two\\nlines }",
        "    Output: |-",
        "      {% $map(",
        "        [1, 2], function($n) { $n }) %}",
        "    End: true",
      ].join("\n"),
    );
    assert.deepEqual({ errors, warnings }, { errors: [], warnings: [] });
  });

  it("does not repeat what the own rules said", () => {
    const { errors } = validate(machine("{ Type: Pass, Next: B, Foo: 1 }\n  C: { Type: Succeed }"));
    assert.deepEqual(
      errors.map(({ message }) => message.split(" ").slice(0, 4).join(" ")),
      ["Next: no state beside", "a Pass state has", "nothing leads to it"],
    );
  });

  it("reads JSON as it reads YAML", () => {
    const json = JSON.stringify({ StartAt: "A", States: { A: { Type: "Pass", Next: "B" } } }, null, "\t");
    const { errors } = validate(json);
    assert.deepEqual(
      errors.map(({ state, location }) => [state, location.line]),
      [["A", 6]],
    );
  });
});

describe("the text of a definition", () => {
  for (const [title, text, message] of [
    ["a bracket that is not closed", "StartAt: [", /^w:1:11: not valid JSON or YAML: /],
    ["a key that stands twice", "StartAt: A\nStartAt: B", /^w:2:1: not valid JSON or YAML: map keys must be unique/],
    ["an alias to nothing", "StartAt: *a", /not valid JSON or YAML: unresolved alias/],
    [
      "aliases without end",
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [${"*a,".repeat(20)}]\nc: [${"*b,".repeat(20)}]`,
      /excessive alias count/,
    ],
    ["too deep nesting", "[".repeat(20_000), /nested too deeply|not valid/],
    ["over 1 MiB", "x".repeat(1024 * 1024 + 1), /has 1048577 bytes, at most 1048576/],
  ] as const) {
    it(`is refused for ${title}`, () => {
      assert.throws(
        () => parseSource("w", text),
        (error) => error instanceof InputError && message.test(error.message),
      );
    });
  }

  it("is no definition where it is no map", () => {
    for (const text of ["", "a", "[]", "null"])
      assert.match(check(text, {}).errors[0]!.message, /a definition is a map/);
  });
});
