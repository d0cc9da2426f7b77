/** `spectrum rollback`: back to a release that has succeeded in the environment before. */
import { suggestion } from "../../app/compose/problems";
import { InputError } from "../../app/finding";
import { appNames } from "../../plan/config-choice";
import { bring, type Brought, type Consent, guarded, openLedgers, refuse } from "./bring";
import { type Ledger, rollbackTarget } from "./ledger";
import { failedRefusals, NOTHING_NAMED, rollbackProblems } from "./rules";
import type { Driven, World } from "./types";

export interface RollbackOptions extends Consent {
  readonly environment: string;
  /** May be left out where the environment has one app. */
  readonly app?: string;
  /** The release's id, or its first digits. Default: the one that served before. */
  readonly to?: string;
  /** A release that failed at last may be tried again. */
  readonly failed: boolean;
}

/** Throws `InputError` with every reason why it is refused. Nothing has happened then. */
export async function rollback(world: World, options: RollbackOptions): Promise<Brought> {
  const { environment, failed } = options;
  const stack = await world.open(environment, { create: false });
  const app = chosenApp(stack, options.app);
  const arn = await guarded(world, stack);
  const ledgers = openLedgers(world, environment, [app]);
  const ledger = ledgers[app] ?? [];
  const id = options.to === undefined ? before(environment, app, ledger) : wholeId(ledger, options.to);
  refuse([
    ...rollbackProblems(app, environment, id, ledger),
    ...failedRefusals({ app, release: id, to: environment, ledgers: { [environment]: ledger } }, { failed }),
  ]);
  const release = world.readRelease(app, id);
  const named = { ...NOTHING_NAMED, failed };
  return bring(
    world,
    stack,
    { action: "rollback", from: null, releases: [release], ledgers, named, arn, config: null },
    options,
  );
}

function chosenApp({ environment, config }: Driven, asked: string | undefined): string {
  const apps = appNames(config);
  const [only, ...others] = apps;
  const fail = (message: string) => new InputError([{ key: "spectrum:apps", message, location: null }]);
  if (asked !== undefined && !apps.includes(asked))
    throw fail(`${environment} has no app ${asked}${suggestion(asked, apps)}`);
  if (asked !== undefined) return asked;
  if (only === undefined) throw fail(`${environment} has no app`);
  if (others.length > 0)
    throw fail(`${environment} has the apps ${apps.join(", ")}; name the one that goes back: --app NAME`);
  return only;
}

function before(environment: string, app: string, ledger: Ledger): string {
  const id = rollbackTarget(ledger);
  if (id !== null) return id;
  const message =
    `${app}: no release has succeeded in ${environment} before the one that serves, so there is nothing to go back to; ` +
    `spectrum history shows what there was; of what came without a promotion, the stack's file has the old line in git`;
  throw new InputError([{ message, location: null }]);
}

/** The id that begins so, of those that have been there; what is none of them is left as it is, for the rules to say so. */
function wholeId(ledger: Ledger, begin: string): string {
  const ids = [...new Set(ledger.map(({ release }) => release).filter((id) => id.startsWith(begin)))];
  const [id = begin, ...others] = ids;
  if (others.length === 0) return id;
  throw new InputError([
    { message: `--to ${begin}: several releases begin so: ${ids.join(", ")}; give more digits`, location: null },
  ]);
}
