/**
 * Stands in for the Pulumi CLI: answers what the Automation API and Spectrum ask of it, as `FakePulumi` (index.ts) has been
 * told, and writes down each call. Plain JavaScript, since it is started many times in a test.
 *
 * FAKE_PULUMI is the folder that holds what it was told and what it was asked.
 */
"use strict";
const { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const folder = process.env.FAKE_PULUMI;
const args = process.argv.slice(2).filter((arg) => arg !== "--non-interactive");
appendFileSync(join(folder, "calls.jsonl"), `${JSON.stringify({ args, cwd: process.cwd() })}\n`);

const flag = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
const readJson = (file, otherwise) => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : otherwise);

const told = readJson(join(folder, "cli.json"), {});
const stackName = args[0] === "stack" && args[1] === "init" ? args[2] : flag("--stack");
const stackFile = join(folder, `stack.${stackName}.json`);
const stack = readJson(stackFile, null);
const save = () => writeFileSync(stackFile, JSON.stringify(stack));

function end({ stdout = "", stderr = "", code = 0 }) {
  process.stderr.write(stderr, () => process.stdout.write(stdout, () => process.exit(code)));
}
const print = (value) => end({ stdout: `${JSON.stringify(value)}\n` });
const fail = (message) => end({ stderr: `error: ${message}\n`, code: 255 });

/** `up`, `stack export`: the words before the first flag; a stack's name is none of them. */
const words = args.slice(0, args[0] === "stack" ? 2 : 1).filter((arg) => !arg.startsWith("-"));
const command = words.join(" ");

/** Secrets are `{ secret: value }` in what the fake was told. */
const shown = (value) => {
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null) return value;
  if ("secret" in value) return args.includes("--show-secrets") ? value.secret : "[secret]";
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]));
};

/** Hands events to the Automation API: to its server, or into its file where it is an old one. */
function events(log) {
  if (log === undefined) return { send: () => undefined, done: (then) => then() };
  if (!log.startsWith("tcp://"))
    return {
      send: (event) => appendFileSync(log, `${JSON.stringify(event)}\n`),
      done: (then) => setTimeout(then, 500),
    };
  const grpc = require("@grpc/grpc-js");
  const { EventsClient } = require("@pulumi/pulumi/proto/events_grpc_pb");
  const { EventRequest } = require("@pulumi/pulumi/proto/events_pb");
  const client = new EventsClient(log.slice("tcp://".length), grpc.credentials.createInsecure());
  let closed = () => undefined;
  const stream = client.streamEvents(() => closed());
  return {
    send(event) {
      const request = new EventRequest();
      request.setEvent(JSON.stringify(event));
      stream.write(request);
    },
    done(then) {
      closed = then;
      stream.end();
    },
  };
}

function operate(kind) {
  const queue = stack.operations?.[kind];
  const operation = (Array.isArray(queue) ? queue.shift() : queue) ?? {};
  save();
  const { send, done } = events(flag("--event-log"));
  let sequence = 0;
  const tell = (event) => send({ sequence: sequence++, timestamp: 0, ...event });
  const tellAll = () => (operation.events ?? []).forEach(tell);
  const finish = ({ code = operation.code ?? 0, state = operation.state } = {}) => {
    const preview = kind === "preview" || args.includes("--preview-only");
    if (code === 0 && !preview) {
      if (operation.outputs) stack.outputs = operation.outputs;
      if (state) stack.state = state;
      stack.history = [
        { kind: kind === "up" ? "update" : kind, result: "succeeded", ...HISTORY },
        ...(stack.history ?? []),
      ];
      save();
    }
    tell({
      summaryEvent: {
        maybeCorrupt: false,
        durationSeconds: 1,
        resourceChanges: operation.changes ?? {},
        PolicyPacks: {},
      },
    });
    tell({ cancelEvent: {} });
    done(() => end({ stdout: operation.stdout ?? "", stderr: operation.stderr ?? "", code }));
  };
  if (!operation.untilInterrupted) {
    tellAll();
    return finish();
  }
  // an operation that goes on until it is told to stop, and then leaves the state that it was told to leave
  const alive = setInterval(() => undefined, 1000);
  process.on("SIGINT", () => {
    appendFileSync(join(folder, "calls.jsonl"), `${JSON.stringify({ args: ["SIGINT"], cwd: "" })}\n`);
    tell({ stdoutEvent: { message: "^C received; cancelling.\n", color: "never" } });
    if (operation.ignoresInterrupts) return;
    clearInterval(alive);
    if (operation.state) stack.state = operation.state;
    save();
    finish({ code: 255 });
  });
  // whoever has seen them may interrupt
  tellAll();
}

const HISTORY = { message: "", startTime: "2027-01-01T00:00:00.000Z", endTime: "2027-01-01T00:00:01.000Z", version: 1 };

const failure = stack?.failures?.[command] ?? told.failures?.[command];
if (failure) end({ code: 255, ...failure });
else if (command === "version") end({ stdout: `${told.version ?? "v3.248.0"}\n` });
else if (command === "stack init") {
  writeFileSync(stackFile, JSON.stringify({ ...(told.created ?? {}) }));
  end({ stdout: `Created stack '${stackName}'\n` });
} else if (command === "stack ls") {
  const names = readdirSync(folder).flatMap((file) => /^stack\.(.*)\.json$/u.exec(file)?.[1] ?? []);
  print(names.map((name) => ({ name, current: false })));
} else if (stack === null) fail(`no stack named '${stackName}' found`);
else {
  switch (command) {
    case "stack":
      end({ stdout: `${stackName}\n` });
      break;
    case "stack output":
      print(shown(stack.outputs ?? {}));
      break;
    case "config":
      print(
        Object.fromEntries(
          Object.entries(stack.secretConfig ?? {})
            .map(([key, value]) => [key, { value, secret: true }])
            .concat([["aws:region", { value: "us-east-1", secret: false }]]),
        ),
      );
      break;
    case "stack export":
      print(stack.state ?? { version: 3, deployment: {} });
      break;
    case "stack history":
      print(stack.history ?? []);
      break;
    case "stack rm":
      require("node:fs").rmSync(stackFile);
      end({});
      break;
    case "cancel":
      end({});
      break;
    case "up":
    case "preview":
    case "destroy":
    case "refresh":
      operate(command);
      break;
    default:
      fail(`the fake does not know \`pulumi ${args.join(" ")}\``);
  }
}
