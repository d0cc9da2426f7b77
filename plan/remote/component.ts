/**
 * What the knowledge of a remote component is: a function that makes the children which the component's provider
 * makes, and says the component's outputs in terms of theirs.
 */
import type { RegistrationOptions } from "../registration";

/** A child as the provider registers it. */
export interface RemoteChild {
  readonly type: string;
  readonly name: string;
  /** The parent's URN; the component by default. */
  readonly parent?: string;
  /** True by default. */
  readonly custom?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
  readonly options?: Partial<RegistrationOptions>;
}

/** An output of the component, and the URNs of what it comes from. */
export interface RemoteOutput {
  readonly value: unknown;
  readonly dependencies: readonly string[];
}

export interface RemoteContext {
  readonly urn: string;
  readonly name: string;
  /** As the SDK serialises them. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly options: RegistrationOptions;
  /** The stack's name. */
  readonly stack: string;
  /** The URNs that an input comes from. */
  dependencies(property: string): readonly string[];
  /** Registers a child and gives its URN; transforms and inherited options are applied. */
  child(child: RemoteChild): Promise<string>;
  /** The token of an output of a resource. */
  output(urn: string, property: string): string;
  /** The token of a looked-up value. */
  lookup(token: string, path: string): string;
  problem(message: string): void;
}

export type RemoteComponent = (context: RemoteContext) => Promise<Readonly<Record<string, RemoteOutput>>>;
