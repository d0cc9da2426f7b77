/** What a promotion and a rollback work with, and what they need of the world. */
import type { Problem } from "../../app/finding";
import type { EnvironmentStack, Operation } from "../engine";
import type { StackConfig } from "../../plan/stack-config";
import type { Candidate } from "./candidate";

/** A release that is brought to an environment. */
export interface BroughtRelease {
  readonly app: string;
  /** 64 hex digits. */
  readonly id: string;
  /** By service and job, the image with its digest. */
  readonly images: Readonly<Record<string, string>>;
}

/** What of a service's status counts here; `deploy/status` has more of it. */
export interface SeenService {
  readonly app: string;
  readonly service: string;
  /** `running`: what was asked runs, and is healthy as far as the tier tells. */
  readonly state: string;
  readonly reasons: readonly string[];
  readonly wanted: { readonly count: number | null };
  readonly running: {
    readonly healthy: number | null;
    /** `digest`: `sha256:…`; `null` where the tier does not tell it. */
    readonly images: readonly { readonly digest: string | null }[];
  };
}

/** How a check that waits for health has ended. */
export interface SeenOutcome {
  readonly healthy: boolean;
  /** One line for each service that is not. */
  readonly failures: readonly string[];
  readonly statuses: readonly SeenService[];
}

/** What an environment's stack is asked for. */
export interface Driven extends Pick<EnvironmentStack, "environment" | "config" | "isNew" | "secretConfig"> {
  /** By app, the id of the release that it was deployed from; one that was deployed from its files has none. */
  deployedReleases(): Promise<Readonly<Record<string, string | undefined>>>;
  /** @param message for the backend's history */
  up(message: string): Promise<Operation>;
}

/** What the check of account and region found. */
export interface Guarded {
  /** Whose credentials those are; `null` where nobody can tell. */
  readonly arn: string | null;
  readonly warnings: readonly Problem[];
}

/** What is outside; tests put their own in its place. Everything throws `InputError` for what the user must put right. */
export interface World {
  /** The Pulumi project's folder, absolute. */
  readonly root: string;
  /** Opens the environment's stack. One that was never deployed is `isNew` where it may be made, and refused otherwise. */
  open(environment: string, options: { readonly create: boolean }): Promise<Driven>;
  /** Refuses another account or region than the environment's file means. */
  guard(stack: Driven): Promise<Guarded>;
  /** The release of the app that runs on the stack, written to its file where it is not there yet. */
  runningRelease(stack: Driven, app: string): Promise<BroughtRelease>;
  /** The release in the project's files. */
  readRelease(app: string, id: string): BroughtRelease;
  /** Plans the environment with the releases, beside its file as it is. */
  plan(config: StackConfig, releases: readonly BroughtRelease[]): Promise<Candidate>;
  /** The services of the apps that run on the stack. */
  status(stack: Driven, apps: readonly string[]): Promise<readonly SeenService[]>;
  /** The same, once they are healthy, or will not be. */
  awaitHealthy(stack: Driven, apps: readonly string[]): Promise<SeenOutcome>;
  /** Who is at it, as git knows them: `Ada Lovelace <ada@example.com>`. */
  user(): string;
  /** ISO 8601, in UTC. */
  now(): string;
  /** Tells the user what is going on. Lines with a line feed at the end. */
  tell(text: string): void;
  /** Whether to go on. */
  confirm(question: string): Promise<boolean>;
}
