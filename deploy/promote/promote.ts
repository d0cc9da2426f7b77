/** `spectrum promote`: what runs in one environment, and no other thing, to a later one. */
import { readStages } from "../../app/config/read";
import { InputError, type Problem } from "../../app/finding";
import { appNames, keepApps } from "../../plan/config-choice";
import { suggestion } from "../../app/compose/problems";
import type { StackConfig } from "../../plan/stack-config";
import type { ConfigDifference } from "../diff/config";
import { diffConfigs } from "../diff/environments";
import { bring, type Brought, type Consent, guarded, openLedgers, refuse } from "./bring";
import { healthFaults } from "./health";
import { type Named, orderProblems, promotionRefusals } from "./rules";
import { recordSeen } from "./seen";
import type { BroughtRelease, Driven, SeenService, World } from "./types";

export interface PromoteOptions extends Consent {
  readonly from: string;
  readonly to: string;
  /** Default: all apps of the environment that they come from. */
  readonly apps: readonly string[];
  readonly named: Named;
}

/** Throws `InputError` with every reason why it is refused. Nothing has happened then. */
export async function promote(world: World, options: PromoteOptions): Promise<Brought> {
  const { from, to, named } = options;
  const target = await world.open(to, { create: true });
  const stages = readStages(target.config);
  refuse(orderProblems(stages, from, to, named.skip));
  const source = await world.open(from, { create: false });
  const apps = chosenApps(source.config, target.config, options.apps);
  const arn = await guarded(world, target);

  const releases: BroughtRelease[] = [];
  for (const app of apps) releases.push(await world.runningRelease(source, app));
  const ledgers = Object.fromEntries(stages.map(({ name }) => [name, openLedgers(world, name, apps)]));
  const refusals = releases.flatMap(({ app, id: release }) => {
    const own = Object.fromEntries(stages.map(({ name }) => [name, ledgers[name]?.[app] ?? []]));
    return promotionRefusals({ app, release, from, to, stages, ledgers: own }, named);
  });
  const statuses = await world.status(source, apps);
  refuse([...releases.flatMap((release) => unhealthy(release, from, statuses)), ...refusals]);

  const config = await configDifference(world, source, target, apps);
  const brought = await bring(
    world,
    target,
    { action: "promote", from, releases, ledgers: ledgers[to] ?? {}, named, arn, config },
    options,
  );
  if (brought.evidence.length > 0)
    recordSeen(world, { environment: from, releases, ledgers: ledgers[from] ?? {}, statuses, arn });
  return brought;
}

/** An app that is not in both is told, all at once. */
function chosenApps(source: StackConfig, target: StackConfig, asked: readonly string[]): readonly string[] {
  const [there, wanted] = [appNames(source), appNames(target)];
  const apps = asked.length > 0 ? asked : there;
  if (apps.length === 0) refuse([{ message: `${source.stack} has no app`, location: null }]);
  refuse(
    apps.flatMap((app): Problem[] => {
      const key = `spectrum:apps.${app}`;
      if (!there.includes(app))
        return [{ key, message: `${source.stack} has no app ${app}${suggestion(app, there)}`, location: null }];
      if (wanted.includes(app)) return [];
      const message = `${target.stack} has no app ${app}; say in Pulumi.${target.stack}.yaml where it runs there: ${app}: { tier: … }, or name the apps that go: --app NAME`;
      return [{ key, message, location: null }];
    }),
  );
  return [...new Set(apps)];
}

const unhealthy = (
  release: BroughtRelease,
  environment: string,
  statuses: readonly SeenService[],
): readonly Problem[] =>
  healthFaults(release, statuses).map((fault) => ({
    message: `${fault}; a release is promoted from where it runs and is healthy: spectrum status --env ${environment}`,
    location: null,
  }));

/** What the promotion itself changes is no difference of the environments'. */
async function configDifference(
  world: World,
  source: Driven,
  target: Driven,
  apps: readonly string[],
): Promise<readonly ConfigDifference[]> {
  const [from, to] = [source, target].map(({ config }) => keepApps(config, (app) => apps.includes(app))) as [
    StackConfig,
    StackConfig,
  ];
  const decrypt = (environment: string) => (environment === from.stack ? source : target).secretConfig();
  const all = await diffConfigs(from, to, target.isNew ? undefined : decrypt).catch((error: unknown) => {
    if (!(error instanceof InputError)) throw error;
    world.tell(`warning: the secrets could not be compared: ${error.message}\n`);
    return diffConfigs(from, to);
  });
  return all.filter(({ key }) => !/^spectrum:apps\.[^.[]+\.(?:compose|release)(?:\[|$)/u.test(key));
}
