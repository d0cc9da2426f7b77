/** One workflow of the environment: its state machine, what starts it and what tells that it failed. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig, WorkflowConfig } from "../../app/config/types";
import { callsOf, type Definition, type Json } from "../../app/workflows";
import { compile, type ResolvedTarget } from "../../app/workflows/deploy/compile";
import { derivePermissions, hasDistributedMap, type Permission } from "../../app/workflows/deploy/permissions";
import { topicsOf } from "../../app/signals/choice";
import { allow, type Caller, policyStatements, type Statement } from "../iam";
import { partitionOf } from "../names";
import { alarms } from "./alarms";
import { type CalledService, callStatements } from "./called-service";
import { managedRule } from "./role";
import { type Started, stateMachine } from "./state-machine";
import { triggers, type TriggerSources } from "./triggers";

/** What a placeholder of the definition has become. */
export type WorkflowTarget = StartedTarget | ServiceTarget;

/** Run by a state machine of its own. */
export interface StartedTarget {
  readonly kind: "job" | "workflow";
  readonly started: Started;
}

export interface ServiceTarget {
  readonly kind: "service";
  readonly service: CalledService;
  /** True where a token is awaited of it: a state machine calls it then. */
  readonly waitForTaskToken: boolean;
}

export interface WorkflowArgs {
  readonly environment: EnvironmentConfig;
  readonly caller: Caller;
  readonly config: WorkflowConfig;
  readonly definition: Definition;
  /** By the placeholders' names: `shop.migrate`. Every one of the definition's is there. */
  readonly targets: Readonly<Record<string, WorkflowTarget>>;
  readonly sources: TriggerSources;
  /** What must be there before an execution starts. */
  readonly after: readonly pulumi.Resource[];
}

/** The name under which executions are started, whatever the version. */
const ALIAS = "live";

/** Stands for the account's own number until that is known: no number, and in nobody's ARN. */
const OWN_ACCOUNT = "{account}";

/** STANDARD: 0.025 USD for 1,000 transitions after the first 4,000 of a month. Two alarms, 0.20 USD a month. */
export class Workflow extends pulumi.ComponentResource {
  /** By its alias. */
  readonly started: Started;
  readonly alarms: readonly aws.cloudwatch.MetricAlarm[];

  constructor(name: string, args: WorkflowArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spectrum:workflow:Workflow", name, {}, opts);
    const { environment, caller, config, after } = args;
    const { machine, ready } = stateMachine(
      name,
      {
        environment,
        caller,
        label: name,
        config,
        definition: this.compiled(args),
        statements: [...this.derived(args), ...this.starting(args), ...policies(config)],
        managed: config.policies.filter((policy) => typeof policy === "string"),
        onItself: (made) => this.ownStatements(made, args),
        dependsOn: after,
      },
      { parent: this },
    );
    const { arn } = this.makeAlias(name, config, machine);
    this.started = { arn, machine };
    const actions = [...new Set([...config.alarmActions, ...topicsOf(environment.signals?.notify ?? [])])];
    this.alarms = alarms(name, { stateMachineArn: machine.arn, actions }, this);
    const { sources } = args;
    triggers(
      name,
      { environment, caller, config, sources, started: this.started, after: [machine, ...ready, ...after] },
      this,
    );
    this.registerOutputs({ arn });
  }

  /** With Outputs in it, the definition is known once its targets are. */
  private compiled({ definition, targets, caller }: WorkflowArgs): pulumi.Output<string> {
    return pulumi.output(resolved(targets)).apply((known) => {
      const compiled: Json = compile(definition.source.value, known, partitionOf(caller.region));
      return JSON.stringify(compiled, null, 2);
    });
  }

  /** What the definition's own integrations do, on what stands in it. */
  private derived({ definition, caller }: WorkflowArgs): readonly Statement[] {
    const place = { partition: partitionOf(caller.region), region: caller.region, accountId: OWN_ACCOUNT };
    // the account is known while it runs alone; all else is in the file
    const known = (text: string) => pulumi.output(caller.accountId).apply((id) => text.replaceAll(OWN_ACCOUNT, id));
    const { states } = derivePermissions(definition, place);
    return unique(states.flatMap(({ allowed }) => allowed)).map(({ actions, resources }) =>
      allow(
        actions,
        resources.map((resource) => (resource.includes(OWN_ACCOUNT) ? known(resource) : resource)),
      ),
    );
  }

  /** Starting the state machines that placeholders stand for, and awaiting their end. */
  private starting({ definition, targets, caller }: WorkflowArgs): readonly Statement[] {
    const called = placeholdersOf(definition, targets).flatMap(({ placeholder, target }) => {
      const sync = !placeholder.waitForTaskToken;
      if (target.kind === "service") return sync ? [] : [{ sync, started: target.service.machine }];
      return [{ sync, started: target.started }];
    });
    const machines = [...new Set(called.map(({ started }) => started.machine))];
    const awaited = [...new Set(called.filter(({ sync }) => sync).map(({ started }) => started.machine))];
    return [
      // an alias is started by the right to its state machine
      allow(
        ["states:StartExecution"],
        machines.map(({ arn }) => arn),
      ),
      allow(
        ["states:DescribeExecution", "states:StopExecution"],
        awaited.map((machine) => pulumi.interpolate`${executionsOf(machine, caller)}:*`),
      ),
      ...(awaited.length > 0 ? [managedRule(caller, "StepFunctionsGetEventsForStepFunctionsExecutionRule")] : []),
    ];
  }

  /** Calls over HTTPS stand on the state machine itself, as do the executions of a distributed Map's items. */
  private ownStatements(
    machine: aws.sfn.StateMachine,
    { definition, targets, caller }: WorkflowArgs,
  ): readonly Statement[] {
    const services = placeholdersOf(definition, targets).flatMap(({ placeholder, target }) =>
      target.kind === "service" && !placeholder.waitForTaskToken ? [target.service] : [],
    );
    const executions = executionsOf(machine, caller);
    return [
      ...callStatements(machine.arn, [...new Set(services)]),
      ...(hasDistributedMap(definition)
        ? [
            allow(["states:StartExecution"], [machine.arn]),
            allow(
              ["states:DescribeExecution", "states:RedriveExecution", "states:StopExecution"],
              [pulumi.interpolate`${executions}:*`, pulumi.interpolate`${executions}/*`],
            ),
          ]
        : []),
    ];
  }

  private makeAlias(name: string, { canary }: WorkflowConfig, machine: aws.sfn.StateMachine): aws.sfn.Alias {
    const newest = { stateMachineVersionArn: machine.stateMachineVersionArn, weight: canary?.percent ?? 100 };
    const older = canary && {
      stateMachineVersionArn: pulumi.interpolate`${machine.arn}:${canary.from}`,
      weight: 100 - canary.percent,
    };
    return new aws.sfn.Alias(
      name,
      { name: ALIAS, routingConfigurations: older ? [newest, older] : [newest] },
      { parent: this },
    );
  }
}

function placeholdersOf(definition: Definition, targets: WorkflowArgs["targets"]) {
  return callsOf(definition).flatMap(({ placeholder, name }) => {
    const target = targets[name];
    return target ? [{ placeholder, target }] : [];
  });
}

function resolved(targets: WorkflowArgs["targets"]): pulumi.Output<Record<string, ResolvedTarget>> {
  const known = Object.entries(targets).map(([name, target]) =>
    resolve(target).apply((value): [string, ResolvedTarget] => [name, value]),
  );
  return pulumi.all(known).apply((pairs) => Object.fromEntries(pairs));
}

function resolve(target: WorkflowTarget): pulumi.Output<ResolvedTarget> {
  if (target.kind !== "service") {
    const { kind } = target;
    return target.started.arn.apply((stateMachineArn): ResolvedTarget => ({ kind, stateMachineArn }));
  }
  const { service, waitForTaskToken } = target;
  return pulumi
    .all([service.url, service.connection.arn, waitForTaskToken ? service.machine.arn : null])
    .apply(([url, connectionArn, callerArn]): ResolvedTarget => ({ kind: "service", url, connectionArn, callerArn }));
}

/** What the ARNs of its executions start with. */
function executionsOf({ name }: aws.sfn.StateMachine, { region, accountId }: Caller): pulumi.Output<string> {
  return pulumi.interpolate`arn:${partitionOf(region)}:states:${region}:${accountId}:execution:${name}`;
}

const policies = ({ policies: given }: WorkflowConfig): readonly Statement[] =>
  policyStatements(given, () => {
    throw new Error("a workflow's policies name resources by their ARN");
  });

/** Each action on each resource once. */
function unique(permissions: readonly Permission[]): readonly Permission[] {
  const merged = new Map<string, Permission>();
  for (const permission of permissions) {
    const key = permission.actions.join();
    const resources = [...new Set([...(merged.get(key)?.resources ?? []), ...permission.resources])];
    merged.set(key, { actions: permission.actions, resources });
  }
  return [...merged.values()];
}
