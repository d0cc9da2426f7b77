/**
 * One registration as the SDK (or the knowledge of a remote component) asks for it, in plain values.
 */
import type { Alias } from "@pulumi/pulumi/proto/alias_pb";
import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";

import { urnType } from "./urn";

/** An alias as the SDK sends it: a URN, or what differs from the resource's own. */
export type AliasSpec =
  | string
  | {
      readonly name?: string;
      readonly type?: string;
      readonly stack?: string;
      readonly project?: string;
      /** The former parent's URN; `null`: had none. Left out: as now. */
      readonly parent?: string | null;
    };

export interface CustomTimeouts {
  readonly create?: string;
  readonly update?: string;
  readonly delete?: string;
  readonly read?: string;
}

/** The options of a registration; lists are empty where nothing is set. */
export interface RegistrationOptions {
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly deleteBeforeReplace?: boolean;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  readonly aliases: readonly AliasSpec[];
  /** The provider's reference, `<urn>::<id>`; empty: the default provider. */
  readonly provider: string;
  readonly providers: Readonly<Record<string, string>>;
  readonly customTimeouts?: CustomTimeouts;
  readonly deletedWith: string;
  readonly replaceWith: readonly string[];
  readonly version: string;
  readonly importId: string;
}

export interface Registration {
  readonly type: string;
  readonly name: string;
  /** The parent's URN; empty for the stack. */
  readonly parent: string;
  readonly custom: boolean;
  readonly remote: boolean;
  /** As the SDK serialises them: with its marks for secrets, assets, references and unknowns. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly options: RegistrationOptions;
  /** The resource's own transforms; they go for its children too. */
  readonly transforms: readonly Callback[];
}

/** The options of a registration that sets none. */
export const NO_OPTIONS: RegistrationOptions = {
  ignoreChanges: [],
  replaceOnChanges: [],
  additionalSecretOutputs: [],
  aliases: [],
  provider: "",
  providers: {},
  deletedWith: "",
  replaceWith: [],
  version: "",
  importId: "",
};

/** Reads the SDK's request. */
export function readRequest(request: RegisterResourceRequest): Registration {
  const propertyDependencies: Record<string, readonly string[]> = {};
  request.getPropertydependenciesMap().forEach((urns, property) => {
    const list = urns.getUrnsList();
    if (list.length) propertyDependencies[property] = list;
  });
  return {
    type: request.getType(),
    name: request.getName(),
    parent: request.getParent(),
    custom: request.getCustom(),
    remote: request.getRemote(),
    properties: request.getObject()?.toJavaScript() ?? {},
    dependencies: request.getDependenciesList(),
    propertyDependencies,
    options: {
      protect: request.hasProtect() ? request.getProtect() : undefined,
      retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : undefined,
      deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
      ignoreChanges: request.getIgnorechangesList(),
      replaceOnChanges: request.getReplaceonchangesList(),
      additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
      aliases: request.getAliasesList().map(readAlias),
      provider: request.getProvider(),
      providers: Object.fromEntries(request.getProvidersMap().toArray()),
      customTimeouts: readTimeouts(request.getCustomtimeouts()),
      deletedWith: request.getDeletedwith(),
      replaceWith: request.getReplaceWithList(),
      version: request.getVersion(),
      importId: request.getImportid(),
    },
    transforms: request.getTransformsList(),
  };
}

export function readAlias(alias: Alias): AliasSpec {
  const spec = alias.getSpec();
  if (!spec) return alias.getUrn();
  return {
    name: spec.getName() || undefined,
    type: spec.getType() || undefined,
    stack: spec.getStack() || undefined,
    project: spec.getProject() || undefined,
    // an empty parent comes from SDKs that mean "as now"
    parent: spec.getNoparent() ? null : spec.getParenturn() || undefined,
  };
}

export function readTimeouts(timeouts: RegisterResourceRequest.CustomTimeouts | undefined): CustomTimeouts | undefined {
  if (!timeouts) return undefined;
  const entries = Object.entries({
    create: timeouts.getCreate(),
    update: timeouts.getUpdate(),
    delete: timeouts.getDelete(),
    read: timeouts.getRead(),
  }).filter(([, value]) => value);
  return entries.length ? Object.fromEntries(entries) : undefined;
}

/** A provider's reference without its id, which no plan knows. */
export function providerUrn(reference: string): string | undefined {
  if (!reference) return undefined;
  const end = reference.lastIndexOf("::");
  return urnType(reference.slice(0, end)) ? reference.slice(0, end) : reference;
}
