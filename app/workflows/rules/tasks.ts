/** Rules on what a task calls: placeholders, EXPRESS, tokens, retries. */
import { suggestion } from "../../compose/problems";
import { findPlaceholders, hasPlaceholder, parsePlaceholder, type Placeholder, targetName } from "../placeholders";
import type { Rule, Targets } from "./rule";
import { valuesOf } from "./states";
import { isJsonMap } from "../source";
import { allStates, type Machine, type TaskState, type WorkflowType } from "../states";

const FORM = "${app.job}, ${app.service} or ${workflow}, or one with .waitForTaskToken after it";
const JOB_INPUT = ["command", "environment"];
/** As `arn:aws:states:::http:invoke` takes them; the endpoint and its authentication are filled in. */
const SERVICE_INPUT = ["Method", "Path", "QueryParameters", "Headers", "RequestBody"];

const resources: Rule = ({ definition, error }) => {
  for (const state of tasks(definition)) {
    const { resource } = state;
    if (resource !== "" && !hasPlaceholder(resource) && !resource.startsWith("arn:"))
      error(state, ["Resource"], `got the Resource ${JSON.stringify(resource)}; give an ARN, or ${FORM}`);
  }
};

const placeholders: Rule = ({ definition, targets, error }) => {
  for (const state of allStates(definition)) {
    if (hasPlaceholder(state.name)) error(state, [], `a placeholder stands in a state's name; ${ONLY}`);
    for (const { value, path } of valuesOf(state)) {
      if (typeof value !== "string" || !hasPlaceholder(value)) continue;
      if (state.type !== "Task" || path.length !== 1 || path[0] !== "Resource") {
        // JSONata has no ${ of its own, and a text for a shell may have
        if (/\$\{[a-z0-9-]+\.[A-Za-z0-9._-]+\}/u.test(value))
          error(state, path, `a placeholder stands in ${path.join(".")}; ${ONLY}`);
        continue;
      }
      const placeholder = parsePlaceholder(value);
      if (placeholder === null) {
        const sync = /\}\.sync(?::2)?$/u.test(value) ? "; leave .sync out, a job is always awaited" : "";
        error(state, path, `got the placeholder ${JSON.stringify(value)}${sync}; write ${FORM}`);
      } else if (targets) unknownTarget(placeholder, targets, (message) => error(state, path, message));
    }
  }
  for (const { text, path } of findPlaceholders(definition.source.value)) {
    const top = path[0];
    if (top !== "States" && top !== "Comment")
      error(null, path, `a placeholder stands in ${String(top)}: ${text}; ${ONLY}`);
  }
};

const ONLY = "it may stand in a Task's Resource alone";

function unknownTarget(placeholder: Placeholder, targets: Targets, say: (message: string) => void): void {
  const { jobs, services, https, workflows = new Map<string, WorkflowType>() } = targets;
  const name = targetName(placeholder);
  if (jobs.has(name)) return;
  if (placeholder.app === null) {
    if (!workflows.has(name)) say(`no workflow is named ${name}${suggestion(name, [...workflows.keys()])}`);
    else if (workflows.get(name) === "EXPRESS" && !placeholder.waitForTaskToken)
      say(`the workflow ${name} is EXPRESS, whose end nobody can await; make it STANDARD, or await a token`);
    return;
  }
  if (!services.has(name)) say(`no job and no service is named ${name}${suggestion(name, [...jobs, ...services])}`);
  else if (!https.has(name))
    say(
      `the service ${name} has no HTTPS endpoint, by which a workflow calls it; give the app a domain, or make it a job`,
    );
}

/** True where the placeholder is a job for all that is known. */
function isJob(name: string, targets: Targets | null): boolean {
  return targets === null || targets.jobs.has(name);
}

const inputs: Rule = ({ definition, targets, error }) => {
  for (const state of tasks(definition)) {
    const placeholder = parsePlaceholder(state.resource);
    const key = state.language === "JSONata" ? "Arguments" : "Parameters";
    const given = state.fields[key];
    if (!placeholder?.app || given === undefined) continue;
    const name = targetName(placeholder);
    if (!isJsonMap(given)) {
      if (targets !== null && !targets.jobs.has(name))
        error(state, [key], `${name} is called over HTTP, by an endpoint that is filled in; give ${key} as a map`);
      continue;
    }
    const allowed = [...(isJob(name, targets) ? JOB_INPUT : []), ...(!targets?.jobs.has(name) ? SERVICE_INPUT : [])];
    for (const written of Object.keys(given))
      if (!allowed.includes(written.replace(/\.\$$/u, "")))
        error(
          state,
          [key, written],
          `${name} takes no ${written}${suggestion(written, allowed)}; allowed: ${allowed.join(", ")}`,
        );
  }
};

/** `$states` without the field of it that is read. */
const WHOLE_STATES = /\$states(?!\s*\.\s*(?:input|result|context|errorOutput)\b|\w)/u;

/** What Step Functions says of an execution is more than its result: only what names the result can be led to it. */
const results: Rule = ({ definition, targets, error }) => {
  for (const state of tasks(definition)) {
    const placeholder = parsePlaceholder(state.resource);
    if (state.language !== "JSONata" || placeholder === null || placeholder.waitForTaskToken) continue;
    if (placeholder.app !== null && !isJob(targetName(placeholder), targets)) continue;
    for (const { value, path } of valuesOf(state))
      if ((path[0] === "Output" || path[0] === "Assign") && typeof value === "string" && WHOLE_STATES.test(value))
        error(state, path, "reads $states as a whole; read $states.result, $states.input or $states.context");
  }
};

const express: Rule = ({ definition, type, targets, error }) => {
  for (const { machine, type: runs } of withTypes(definition, type)) {
    if (runs !== "EXPRESS") continue;
    for (const state of machine.states.values()) {
      if (state.type === "Map" && state.distributed)
        error(state, [], "an EXPRESS workflow has no distributed Map; use STANDARD, or Mode: INLINE");
      if (state.type !== "Task") continue;
      const { resource } = state;
      const placeholder = parsePlaceholder(resource);
      const say = (what: string) => error(state, ["Resource"], `${what}, which EXPRESS cannot; use STANDARD`);
      if (/\.sync(?::\d+)?$/u.test(resource)) say("awaits a job (.sync)");
      else if (resource.endsWith(".waitForTaskToken")) say("awaits a token (.waitForTaskToken)");
      else if (resource.includes(":activity:")) say("is an activity");
      else if (placeholder?.app === null) say("awaits a workflow");
      else if (placeholder && targets?.jobs.has(targetName(placeholder))) say("awaits a job");
    }
  }
};

const tokens: Rule = ({ definition, error, warn }) => {
  for (const state of tasks(definition)) {
    if (!state.resource.endsWith(".waitForTaskToken")) continue;
    const { TimeoutSeconds, TimeoutSecondsPath, HeartbeatSeconds, HeartbeatSecondsPath, Parameters, Arguments } =
      state.fields;
    if (!/\$\$\.Task\.Token|\$states\.context\.Task\.Token/u.test(JSON.stringify(Parameters ?? Arguments ?? null)))
      error(
        state,
        ["Resource"],
        "awaits a token that it passes to nobody; put the context's Task.Token into its input",
      );
    if ((TimeoutSeconds ?? TimeoutSecondsPath ?? HeartbeatSeconds ?? HeartbeatSecondsPath) === undefined)
      warn(state, [], "awaits a token for up to a year; set TimeoutSeconds or HeartbeatSeconds");
  }
};

/** What a throttled call fails with, or a wildcard that matches it. */
const THROTTLING =
  /^States\.(?:ALL|TaskFailed)$|Throttl|TooManyRequests|RequestLimitExceeded|LimitExceeded|^States\.Http\.StatusCode\.429$|(?:Server|Service|Sdk|SdkClient|AmazonECS)Exception$/u;

const retries: Rule = ({ definition, warn }) => {
  for (const state of tasks(definition)) {
    if (
      state.retries.some(
        ({ errorEquals, maxAttempts }) => maxAttempts > 0 && errorEquals.some((e) => THROTTLING.test(e)),
      )
    )
      continue;
    warn(state, [], "has no Retry on throttling: one throttled call fails the workflow; retry States.TaskFailed");
  }
};

const wildcards: Rule = ({ definition, error }) => {
  for (const state of allStates(definition))
    for (const [key, list] of Object.entries({ Retry: state.retries, Catch: state.catchers }))
      list.forEach(({ errorEquals }, i) => {
        if (!errorEquals.includes("States.ALL")) return;
        if (errorEquals.length > 1)
          error(state, [key, i, "ErrorEquals"], "States.ALL stands alone in its list; take the others out");
        if (i < list.length - 1) error(state, [key, i], `States.ALL stands last in ${key}; move it to the end`);
      });
};

function tasks(definition: Machine): readonly TaskState[] {
  return allStates(definition).filter((state) => state.type === "Task");
}

/** Each machine with the type of the execution that it runs in: a distributed Map's items are workflows of their own. */
function withTypes(machine: Machine, type: WorkflowType): readonly { machine: Machine; type: WorkflowType }[] {
  const inner = [...machine.states.values()].flatMap((state) => {
    if (state.type === "Parallel") return state.branches.flatMap((branch) => withTypes(branch, type));
    return state.type === "Map" ? withTypes(state.processor, state.executionType ?? type) : [];
  });
  return [{ machine, type }, ...inner];
}

export const taskRules: readonly Rule[] = [
  resources,
  placeholders,
  inputs,
  results,
  express,
  tokens,
  retries,
  wildcards,
];
