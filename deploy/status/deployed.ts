/** What an environment has deployed, as the stack's output `deployed` says it once it is known. */
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { InputError } from "../../app/finding";
import { suggestion } from "../../app/compose/problems";
import { type TierName, tierNames } from "../../app/tiers";
import type { ServiceTarget } from "../../components/tiers/tier";
import type { DeployedApp } from "../../stacks/outputs";

/** By app: its tier, images, services and jobs, in plain values. */
export type Deployed = Readonly<Record<string, pulumi.Unwrap<DeployedApp>>>;

/** Where a service is on its tier, in plain values. */
export type Target = pulumi.Unwrap<ServiceTarget>;

type OfTier<T, Name extends TierName> = T extends { readonly tier: infer Names }
  ? Name extends Names
    ? T
    : never
  : never;
/** The place of a service on one tier. */
export type TargetOn<Name extends TierName> = OfTier<Target, Name>;

/** One service that its tier is asked about. */
export interface AskedService<T extends Target = Target> {
  readonly app: string;
  readonly service: string;
  /** The reference that the tier was told to pull. */
  readonly image: string;
  readonly revision: string;
  readonly target: T;
  /** The name of its group in CloudWatch Logs; `null`: its logs are elsewhere. */
  readonly logGroup: string | null;
}

/** The shape alone: what is in a target is its tier's. */
const shape = z.record(
  z.string(),
  z.object({
    tier: z.enum(tierNames),
    images: z.record(z.string(), z.string()),
    services: z.record(
      z.string(),
      z.object({
        revision: z.string(),
        target: z.looseObject({ tier: z.enum(tierNames) }),
        logGroup: z.string().optional(),
      }),
    ),
  }),
);

/**
 * Reads the stack's outputs. Throws `InputError` where nothing is deployed, or by a version of Spectrum that did not say where.
 *
 * @param outputs by name, in plain values
 */
export function readDeployed(outputs: Readonly<Record<string, unknown>>, environment: string): Deployed {
  const { deployed } = outputs;
  if (deployed === undefined)
    throw wrong(`nothing is deployed in ${environment}; deploy it: pulumi up --stack ${environment}`);
  const parsed = shape.safeParse(deployed);
  if (!parsed.success) {
    const place = parsed.error.issues[0]?.path.join(".") ?? "";
    throw wrong(
      `the output deployed of ${environment} has another shape at ${place}; deploy it with this version: pulumi up --stack ${environment}`,
    );
  }
  // the values as they are: what each target holds has been written by this program's own types
  return deployed as Deployed;
}

/** Every service, in the order of the outputs; of one app alone where it is named. Throws `InputError` where there is no such app. */
export function askedServices(deployed: Deployed, app?: string): readonly AskedService[] {
  if (app !== undefined && !Object.hasOwn(deployed, app)) {
    const there = suggestion(app, Object.keys(deployed));
    throw wrong(`no app ${app} is deployed${there}; deployed are: ${Object.keys(deployed).join(", ") || "none"}`);
  }
  return Object.entries(deployed)
    .filter(([name]) => app === undefined || name === app)
    .flatMap(([name, { services, images }]) =>
      Object.entries(services).map(([service, { revision, target, logGroup }]) => ({
        app: name,
        service,
        image: images[service] ?? "",
        revision,
        target,
        logGroup: logGroup ?? null,
      })),
    );
}

const wrong = (message: string): InputError => new InputError([{ message, location: null }]);
