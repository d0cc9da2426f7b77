/** An app's signals: its alarms, its dashboard, and whom they tell. The same names on every tier. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { BackingService } from "../../app/backing";
import type { Placement } from "../../app/config/types";
import { backingMeasures } from "../../app/signals/backing";
import { alarmOf, type SignalsConfig, topicsOf } from "../../app/signals/choice";
import { type Absent, dashboardBody, type Graph, type Panel } from "../../app/signals/dashboard";
import {
  type Dimension,
  isMeasured,
  type Measure,
  type Measured,
  type Missing,
  resolved,
} from "../../app/signals/measure";
import { type SignalName, signalNames, signals } from "../../app/signals/signals";
import { childName, environmentPrefix, slug } from "../names";
import type { TierMeasures } from "../tiers/tier";
import type { Workflow } from "../workflow/workflow";
import { metricAlarm } from "./alarm";
import { tellChats } from "./chat";
import { type AfterHosting, type BeforeHosting, dimensionAfter, dimensionBefore, isKnownBefore } from "./dimensions";
import type { AppAlarms, RollbackAlarms } from "./rollback";
import { workflowPanel } from "./workflow-panel";

export interface SignalsArgs extends BeforeHosting {
  readonly placement: Placement;
  readonly config: SignalsConfig;
  readonly measures: TierMeasures;
  readonly backing: readonly BackingService[];
  /** The URL of a chat's webhook, by its secret's name. */
  readonly webhook: (secret: string) => pulumi.Output<string>;
}

/** A workflow that runs jobs of the app or calls it. */
export interface OwnWorkflow {
  readonly name: string;
  readonly workflow: Workflow;
}

type Hosting = Omit<AfterHosting, "parent">;

type Resolve = (dimension: Dimension) => pulumi.Input<string>;

/** A signal of a service, or of what it keeps its data in. */
interface Row {
  readonly service: string;
  readonly signal: SignalName;
}
type MeasuredRow = Row & { readonly measured: Measured };
type MissingRow = Row & { readonly missing: Missing };

/** Dashboards' names have letters, digits, hyphens and underscores, 255 at most. */
const DASHBOARD_NAME_LENGTH = 255;

/**
 * Alarms 0.10 USD a month for each metric, the dashboard 3 USD. Alarms on what stands before the app are made before it, so that
 * ECS can roll a deployment back by them; all others, and the dashboard, by `finish`. No name and no URN has a tier in it.
 */
export class Signals extends pulumi.ComponentResource implements AppAlarms {
  private readonly measured: readonly MeasuredRow[];
  private readonly missing: readonly MissingRow[];
  private readonly alarms = new Map<MeasuredRow, aws.cloudwatch.MetricAlarm>();

  constructor(
    private readonly name: string,
    private readonly args: SignalsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:signals:Signals", name, {}, opts);
    const rows = rowsOf(args);
    this.measured = rows.filter((row) => "measured" in row);
    this.missing = rows.filter((row) => "missing" in row);
    for (const row of this.measured) {
      if (isKnownBefore(row.measured, row.service, args)) this.makeAlarm(row, dimensionBefore(row.service, args));
    }
  }

  rollback(services: readonly string[]): RollbackAlarms | null {
    const { config } = this.args;
    const telling = [...this.alarms].filter(
      ([{ service, signal }]) => services.includes(service) && signals[signal].rollsBack,
    );
    if (telling.length === 0) return null;
    return {
      names: telling.map(([row]) => this.alarmName(row)),
      enabled: config.rollback ?? true,
      seconds: Math.max(...telling.map(([{ signal }]) => 60 * (alarmOf(signal, config)?.minutes ?? 0))),
      ready: telling.map(([, alarm]) => alarm),
    };
  }

  /** Called once, when the app is hosted and its workflows are made. */
  finish(made: Hosting, workflows: readonly OwnWorkflow[]): void {
    const { placement, config, webhook } = this.args;
    for (const row of this.measured) {
      if (!this.alarms.has(row)) this.makeAlarm(row, this.resolve(row.service, made));
    }
    if (config.dashboard) this.makeDashboard(made, workflows);
    const chats = config.notify.flatMap((target) =>
      target.kind === "topic" ? [] : [{ chat: target.kind, url: webhook(target.secret) }],
    );
    if (chats.length > 0)
      tellChats(
        this.name,
        {
          app: placement.app,
          accountId: aws.getCallerIdentityOutput({}, { parent: this }).accountId,
          prefix: this.prefix,
          others: workflows.flatMap(({ workflow }) => workflow.alarms.map(({ name }) => name)),
          chats,
        },
        this,
      );
    this.registerOutputs({ alarms: [...this.alarms.values()].map(({ name }) => name) });
  }

  /** Slashes, so that the names of `shop` and `shop-api` have no beginning in common. */
  private get prefix(): string {
    const { app, environment } = this.args.placement;
    return `${environmentPrefix(environment.name)}/${app}/`;
  }

  private alarmName({ service, signal }: Row): string {
    return `${this.prefix}${service}/${signal}`;
  }

  private resolve(service: string, made: Hosting): Resolve {
    return dimensionAfter(service, { ...made, parent: this });
  }

  private makeAlarm(row: MeasuredRow, resolve: Resolve): void {
    const { placement, config } = this.args;
    const { service, signal, measured } = row;
    const alarm = alarmOf(signal, config, measured.above);
    if (!alarm) return;
    const { title, unit } = signals[signal];
    const { comparison, threshold, minutes } = alarm;
    const made = metricAlarm(
      childName(this.name, service, signal),
      {
        alarmName: this.alarmName(row),
        description: `${title} of ${service} in ${placement.app}: ${comparison} ${threshold} ${unit} for ${minutes} minutes`,
        measured: resolved(measured, resolve),
        ...alarm,
        actions: topicsOf(config.notify),
      },
      { parent: this },
    );
    this.alarms.set(row, made);
  }

  private makeDashboard(made: Hosting, workflows: readonly OwnWorkflow[]): void {
    const { app, environment } = this.args.placement;
    const body = dashboardBody<pulumi.Input<string>>({
      app,
      region: environment.region,
      alarms: [...this.alarms.values()].map(({ arn }) => arn),
      panels: [...this.panels(made), ...workflowPanel(workflows)],
      absent: absentOf(this.missing),
    });
    new aws.cloudwatch.Dashboard(
      this.name,
      {
        dashboardName: slug(`${environmentPrefix(environment.name)}-${app}`, DASHBOARD_NAME_LENGTH),
        dashboardBody: pulumi.jsonStringify(body),
      },
      { parent: this },
    );
  }

  private panels(made: Hosting): readonly Panel<pulumi.Input<string>>[] {
    const services = [...new Set(this.measured.map(({ service }) => service))];
    return services.map((title) => ({
      title,
      graphs: this.measured.filter(({ service }) => service === title).map((row) => this.graph(row, made)),
    }));
  }

  private graph({ service, signal, measured }: MeasuredRow, made: Hosting): Graph<pulumi.Input<string>> {
    const { title, unit } = signals[signal];
    const threshold = alarmOf(signal, this.args.config, measured.above)?.threshold ?? null;
    return { title, unit, threshold, measured: resolved(measured, this.resolve(service, made)) };
  }
}

/** In the order of services and signals; a service that is a database has its own after those that run. */
function rowsOf({ measures, backing }: SignalsArgs): readonly (MeasuredRow | MissingRow)[] {
  const all = [...Object.entries(measures), ...backing.map((spec) => [spec.service, backingMeasures(spec)] as const)];
  return all.flatMap(([service, own]) =>
    signalNames.flatMap((signal): (MeasuredRow | MissingRow)[] => {
      const measure = (own as Partial<Record<SignalName, Measure>>)[signal];
      if (!measure) return [];
      return [isMeasured(measure) ? { service, signal, measured: measure } : { service, signal, missing: measure }];
    }),
  );
}

/** One line for all services that lack a signal for the same reason. */
function absentOf(rows: readonly MissingRow[]): readonly Absent[] {
  const lines = new Map<string, Absent & { readonly services: string[] }>();
  for (const { service, signal, missing } of rows) {
    const key = `${signal} ${missing.missing}`;
    const known = lines.get(key);
    if (known) known.services.push(service);
    else
      lines.set(key, {
        signal: signals[signal].title,
        services: [service],
        why: missing.missing,
        remedy: missing.remedy,
      });
  }
  return [...lines.values()];
}
