/** The environment's workflows, read and checked against its apps before anything is registered. Opens files; touches no Pulumi. */
import { resolve } from "node:path";
import type { EnvironmentConfig, WorkflowConfig } from "../app/config/types";
import { InputError, type Location, type Problem } from "../app/finding";
import { httpsPorts } from "../app/https";
import { jobOf, jobsOf } from "../app/jobs";
import { suggestion } from "../app/compose/problems";
import { asProblem, callsOf, type Definition, type Targets } from "../app/workflows";
import { derivePermissions } from "../app/workflows/deploy/permissions";
import { partitionOf } from "../components/names";
import { tiers } from "../components/tiers";
import type { ReadApp } from "./apps";
import { readWorkflow } from "./workflows";

/** One workflow, whose every placeholder names something that is there. */
export interface ReadWorkflow {
  readonly name: string;
  readonly config: WorkflowConfig;
  readonly definition: Definition;
}

export interface ReadWorkflows {
  readonly workflows: readonly ReadWorkflow[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** `apps`: `null` where one of them could not be read, so that nobody knows what placeholders may name. */
export function readWorkflows(
  environment: EnvironmentConfig,
  apps: readonly ReadApp[] | null,
  root: string,
): ReadWorkflows {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const targets = apps && targetsOf(environment, apps);
  const workflows = Object.entries(environment.workflows).flatMap(([name, config]): ReadWorkflow[] => {
    try {
      const { definition, warnings: said } = readWorkflow(resolve(root, config.definition), {
        type: config.type,
        targets,
      });
      warnings.push(...said.map(asProblem));
      return [{ name, config, definition }];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  for (const workflow of workflows) {
    problems.push(...underived(workflow, environment));
    if (apps)
      problems.push(...unreachable(workflow, apps), ...leftOut(workflow, apps), ...triggerProblems(workflow, apps));
    problems.push(...connectionProblems(workflow, environment, targets));
  }
  return { workflows: inOrder(workflows, problems), problems, warnings };
}

/** What placeholders may name: the jobs and services of all apps, whatever their tiers, and the workflows. */
export function targetsOf(environment: EnvironmentConfig, apps: readonly ReadApp[]): Targets {
  const jobs = new Set<string>();
  const services = new Set<string>();
  const https = new Set<string>();
  for (const { app, placement } of apps) {
    for (const { name, job } of Object.values(app.services)) (job ? jobs : services).add(`${app.name}.${name}`);
    for (const name of Object.keys(httpsPorts(app, placement, reachOf({ app, placement }))))
      https.add(`${app.name}.${name}`);
  }
  const workflows = new Map(Object.entries(environment.workflows).map(([name, { type }]) => [name, type]));
  return { jobs, services, https, workflows };
}

export function reachOf({ app, placement }: Pick<ReadApp, "app" | "placement">) {
  const tier = tiers[placement.tier];
  return { direct: tier.entry(placement) === "record", endsTls: tier.endsTls?.(app, placement) ?? false };
}

/** What the definition does not say the resource of has to be allowed by hand. */
function underived({ name, config, definition }: ReadWorkflow, environment: EnvironmentConfig): readonly Problem[] {
  const place = { partition: partitionOf(environment.region), region: environment.region, accountId: "" };
  const allowed = config.policies.flatMap((policy) => (typeof policy === "string" ? ["*"] : policy.actions));
  return derivePermissions(definition, place)
    .underived.filter(({ action }) => !allowed.some((pattern) => matches(pattern, action)))
    .map(({ state, action }) => ({
      location: at(state.location, definition, [...state.path, "Resource"]),
      message:
        `state ${JSON.stringify(state.name)}: which resource ${state.resource} acts on stands not in the definition, ` +
        `so no role can be made that may do that alone; write it there, or allow it: ` +
        `spectrum:workflows.${name}.policies: [{ actions: [${JSON.stringify(action)}], resources: [arn:…] }]`,
    }));
}

function at(otherwise: Location, { source }: Definition, path: readonly (string | number)[]): Location {
  return source.at(path) ?? otherwise;
}

/** An action against a pattern of a policy's. What is not known at all any policy may be meant for. */
function matches(pattern: string, action: string): boolean {
  if (action === "*") return true;
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/gu, "\\$&")
    .replace(/\*/gu, ".*")
    .replace(/\?/gu, ".");
  return new RegExp(`^${escaped}$`, "iu").test(action);
}

/** Step Functions calls a cluster's API from where AWS runs it. https://docs.aws.amazon.com/step-functions/latest/dg/connect-eks.html */
function unreachable(workflow: ReadWorkflow, apps: readonly ReadApp[]): readonly Problem[] {
  return callsOf(workflow.definition).flatMap(({ state, placeholder, name }): Problem[] => {
    const read = apps.find(({ app }) => app.name === placeholder.app);
    const { eks } = read?.placement.environment.platform ?? {};
    const onEks = read?.placement.tier === "eks" || read?.placement.tier === "eks-fargate";
    if (!read || !eks || !onEks || eks.publicAccessCidrs.length === 0) return [];
    if (jobOf(read.placement, placeholder.name) === null) return [];
    return [
      {
        location: workflow.definition.source.at([...state.path, "Resource"]),
        message:
          `state ${JSON.stringify(state.name)}: Step Functions runs ${name} by the cluster's public endpoint, from addresses of AWS's, ` +
          `and spectrum:platform.eks.publicAccessCidrs lets in [${eks.publicAccessCidrs.join(", ")}] alone; ` +
          `leave that key out (who calls needs a role anyway), or put ${read.app.name} on an ECS tier`,
      },
    ];
  });
}

/** A job that the tier runs not at all, which somebody has accepted. */
function leftOut(workflow: ReadWorkflow, apps: readonly ReadApp[]): readonly Problem[] {
  return callsOf(workflow.definition).flatMap(({ state, placeholder, name }): Problem[] => {
    const read = apps.find(({ app }) => app.name === placeholder.app);
    const refusal = read?.findings.find(
      ({ service, key, outcome, accepted }) =>
        service === placeholder.name && key === "job" && outcome === "refused" && accepted,
    );
    if (!read || !refusal) return [];
    const message = `state ${JSON.stringify(state.name)}: ${read.placement.tier} does not run the job ${name}: ${refusal.reason}; ${refusal.remedy}`;
    return [{ message, location: workflow.definition.source.at([...state.path, "Resource"]) }];
  });
}

function triggerProblems({ name, config }: ReadWorkflow, apps: readonly ReadApp[]): readonly Problem[] {
  return config.triggers.queues.flatMap(({ queue }, i): Problem[] => {
    if (queue.startsWith("arn:")) return [];
    const key = `spectrum:workflows.${name}.triggers.queues[${i}].queue`;
    const [app = "", service = ""] = splitName(queue);
    const read = apps.find((candidate) => candidate.app.name === app);
    const there = apps.flatMap(({ app: { name: of }, placement }) =>
      Object.entries(placement.services).flatMap(([of2, { queue: has }]) => (has ? [`${of}.${of2}`] : [])),
    );
    if (!read?.placement.services[service]?.queue)
      return [{ key, location: null, message: `got ${queue}, which has no queue${suggestion(queue, there)}` }];
    if (jobsOf(read.app).some((job) => job.name === service)) return [];
    return [
      {
        key,
        location: null,
        message: `${queue} works off that queue itself, so each message would go to one of the two; make it a job, or give another queue`,
      },
    ];
  });
}

function connectionProblems(
  { name, config }: ReadWorkflow,
  environment: EnvironmentConfig,
  targets: Targets | null,
): readonly Problem[] {
  return Object.entries(config.connections).flatMap(([service, { secret }]): Problem[] => {
    const key = `spectrum:workflows.${name}.connections.${service}`;
    if (targets && !targets.https.has(service)) {
      const message = `${service} is no service with an HTTPS endpoint${suggestion(service, [...targets.https])}`;
      return [{ key, location: null, message }];
    }
    const [app = ""] = splitName(service);
    const names = environment.secretNames[app] ?? [];
    if (names.includes(secret)) return [];
    const message = `spectrum:secrets.${app} has no ${secret}${suggestion(secret, names)}; set it: pulumi config set --secret --path 'spectrum:secrets.${app}.${secret}'`;
    return [{ key: `${key}.secret`, location: null, message }];
  });
}

const splitName = (name: string): readonly [string, string] => {
  const dot = name.indexOf(".");
  return [name.slice(0, dot), name.slice(dot + 1)];
};

/** Those that are called before those that call them; a circle of calls is a problem. */
function inOrder(workflows: readonly ReadWorkflow[], problems: Problem[]): readonly ReadWorkflow[] {
  const ordered: ReadWorkflow[] = [];
  const byName = new Map(workflows.map((workflow) => [workflow.name, workflow]));
  const visit = (workflow: ReadWorkflow, above: readonly string[]): void => {
    if (ordered.includes(workflow)) return;
    for (const { state, placeholder, name } of callsOf(workflow.definition)) {
      const called = placeholder.app === null ? byName.get(name) : undefined;
      if (!called) continue;
      const path = [...above, workflow.name];
      if (path.includes(name)) {
        const circle = [...path.slice(path.indexOf(name)), name].join(" → ");
        const message = `state ${JSON.stringify(state.name)}: workflows that call each other in a circle never end: ${circle}`;
        problems.push({ message, location: workflow.definition.source.at([...state.path, "Resource"]) });
      } else visit(called, path);
    }
    ordered.push(workflow);
  };
  for (const workflow of workflows) visit(workflow, []);
  return ordered;
}
