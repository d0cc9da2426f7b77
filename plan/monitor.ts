/**
 * A resource monitor that records: what the SDK talks to instead of Pulumi's engine while a plan is made. It answers
 * each registration with its inputs and a token for every output, is strict where the engine is, and runs transforms.
 */
import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import type {
  ReadResourceRequest,
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  ResourceInvokeRequest,
  SupportsFeatureRequest,
} from "@pulumi/pulumi/proto/resource_pb";

import { convertProperties, SECRET, SIGNATURE, UNKNOWN } from "./convert";
import { lookUp } from "./lookups";
import { structuredNames } from "./output-types";
import { structuredOutputs } from "./outputs";
import type { AliasSpec, Registration, RegistrationOptions } from "./registration";
import { providerUrn, readRequest } from "./registration";
import type { RemoteChild, RemoteContext, RemoteOutput } from "./remote/component";
import { remoteComponent } from "./remote/index";
import { TokenTable } from "./tokens";
import type { TransformRunner } from "./transforms";
import type * as Transforms from "./transforms";
import type { PlannedResource, PlanValue } from "./types";
import type { UrnScope } from "./urn";
import { makeUrn, STACK_TYPE } from "./urn";

/** A registration as it was recorded: the planned resource, and what only tests and comparisons ask for. */
export interface RecordedResource extends PlannedResource {
  /** False for a component. */
  readonly custom: boolean;
  /** URNs by property, sorted. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly replaceOnChanges: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  readonly version: string;
}

type Reply<T> = (error: Error | null, response?: T) => void;

/** What the SDK reads from an answer: no more of the protocol's message than that. */
interface RegisterAnswer {
  getUrn(): string;
  getId(): string;
  getObject(): { toJavaScript(): Record<string, unknown> };
  getPropertydependenciesMap(): { entries(): Iterable<[string, { getUrnsList(): readonly string[] }]> } | undefined;
  getResult(): number;
}

export interface MonitorOptions extends UrnScope {
  /** The folder that paths are shown relative to. */
  readonly root: string;
  readonly region: string | undefined;
  /** What another stack's outputs are taken to be; `leaf` makes the token of a path in them. Default: none. */
  readonly stackOutputs?: StackOutputs | undefined;
}

export type StackOutputs = (leaf: (path: string) => string) => Readonly<Record<string, unknown>>;

const STACK_REFERENCE = "pulumi:pulumi:StackReference";

const SUPPORTED = new Set([
  "secrets",
  "resourceReferences",
  "deletedWith",
  "replaceWith",
  "aliasSpecs",
  "transforms",
  "parameterization",
  "resourceHooks",
  "errorHooks",
]);

export class RecordingMonitor {
  readonly resources: RecordedResource[] = [];
  /** Everything that the engine, or this monitor, refuses; in the order seen. */
  readonly problems: string[] = [];
  /** Grows with every call: still equal after a round of the event loop, the program is at rest. */
  activity = 0;
  outputs: Readonly<Record<string, PlanValue>> = {};

  private readonly tokens = new TokenTable();
  private readonly urns = new Set<string>();
  private readonly parents = new Map<string, string>();
  private readonly keysByType = new Map<string, Set<string>>();
  private readonly transforms = new Map<string, readonly Callback[]>();
  private readonly stackTransforms: Callback[] = [];
  /** The children of remote components: the SDK asks for them where a program takes one from the component. */
  private readonly remoteStates = new Map<string, Registration>();
  private runner: TransformRunner | undefined;

  constructor(private readonly options: MonitorOptions) {}

  /**
   * Told of the properties of every resource before the SDK drops those without a value: the generated classes name all
   * outputs there.
   */
  noteProperties(type: string, properties: Readonly<Record<string, unknown>>): void {
    let keys = this.keysByType.get(type);
    if (!keys) this.keysByType.set(type, (keys = new Set()));
    for (const key of Object.keys(properties)) keys.add(key);
  }

  /** Ends what transforms opened. */
  close(): void {
    this.runner?.close();
  }

  // ------------------------------------------------------------------------------------------- the SDK's calls

  supportsFeature(request: SupportsFeatureRequest, reply: Reply<{ getHassupport(): boolean }>): void {
    const supported = SUPPORTED.has(request.getId());
    reply(null, { getHassupport: () => supported });
  }

  registerResource(request: RegisterResourceRequest, reply: Reply<RegisterAnswer>): void {
    this.activity++;
    const registration = readRequest(request);
    const transforms = this.transformsFor(registration);
    if (transforms.length) {
      this.transform(registration, transforms).then(
        async (transformed) => reply(null, await this.register(transformed)),
        (error: Error) => reply(this.fail(`${registration.name}: ${error.message}`)),
      );
    } else if (registration.remote) {
      this.register(registration).then(
        (answer) => reply(null, answer),
        (error: Error) => reply(this.fail(error.message)),
      );
    } else {
      reply(null, this.record(registration));
    }
  }

  registerResourceOutputs(request: RegisterResourceOutputsRequest, reply: Reply<object>): void {
    this.activity++;
    const urn = request.getUrn();
    // a component's outputs are its fields, which the program has; only the stack's are part of a plan
    if (urn.includes(`::${STACK_TYPE}::`)) {
      const outputs = (request.getOutputs()?.toJavaScript() ?? {}) as Record<string, unknown>;
      this.outputs = convertProperties(
        dropMarks(outputs),
        this.context(urn, () => []),
      );
    }
    reply(null, {});
  }

  readResource(request: ReadResourceRequest, reply: Reply<unknown>): void {
    this.activity++;
    const type = request.getType();
    const urn = makeUrn(this.options, request.getParent(), type, request.getName());
    const state: Record<string, unknown> = { ...request.getProperties()?.toJavaScript() };
    if (type === STACK_REFERENCE) {
      state.outputs = this.options.stackOutputs?.((path) => this.tokens.lookup(type, `outputs.${path}`)) ?? {};
      state.secretOutputNames = [];
    }
    for (const key of this.keysByType.get(type) ?? []) {
      if (state[key] === undefined) state[key] = this.tokens.lookup(type, key);
    }
    reply(null, { getUrn: () => urn, getProperties: () => ({ toJavaScript: () => state }) });
  }

  invoke(request: ResourceInvokeRequest, reply: Reply<unknown>): void {
    this.activity++;
    const token = request.getTok();
    const inputs = (request.getArgs()?.toJavaScript() ?? {}) as Record<string, unknown>;
    if (token === "pulumi:pulumi:getResource") {
      this.getResource(String(inputs.urn), reply);
      return;
    }
    const answer = lookUp(token, {
      inputs,
      region: this.options.region,
      leaf: (path) => this.tokens.lookup(token, path),
    });
    if (!answer) {
      reply(this.fail(`the plan does not know the function ${token}; add it to plan/lookups.ts`));
      return;
    }
    reply(null, { getFailuresList: () => [], getReturn: () => ({ toJavaScript: () => answer }) });
  }

  private getResource(urn: string, reply: Reply<unknown>): void {
    const registration = this.remoteStates.get(urn);
    if (!registration) {
      reply(this.fail(`unknown resource ${urn}`));
      return;
    }
    const state = this.state(urn, registration);
    const fields = new Map<string, unknown>([
      ["urn", { toJavaScript: () => urn }],
      ["id", { toJavaScript: () => this.tokens.output(urn, "id") }],
      ["state", { getStructValue: () => ({ toJavaScript: () => state }) }],
    ]);
    reply(null, { getFailuresList: () => [], getReturn: () => ({ getFieldsMap: () => fields }) });
  }

  call(request: ResourceInvokeRequest, reply: Reply<unknown>): void {
    this.activity++;
    reply(this.fail(`the plan does not know the method ${request.getTok()}; add it to plan/lookups.ts`));
  }

  registerStackTransform(callback: Callback, reply: Reply<object>): void {
    this.activity++;
    this.stackTransforms.push(callback);
    reply(null, {});
  }

  registerResourceHook(_request: unknown, reply: Reply<object>): void {
    reply(null, {});
  }

  registerErrorHook(_request: unknown, reply: Reply<object>): void {
    reply(null, {});
  }

  registerPackage(_request: unknown, reply: Reply<{ getRef(): string }>): void {
    reply(null, { getRef: () => "" });
  }

  signalAndWaitForShutdown(_request: unknown, reply: Reply<object>): void {
    reply(null, {});
  }

  // ------------------------------------------------------------------------------------------- recording

  private async register(registration: Registration): Promise<RegisterAnswer> {
    if (!registration.remote) return this.record(registration);
    const component = remoteComponent(registration.type);
    if (!component) {
      this.problems.push(
        `the plan does not know what the remote component ${registration.type} makes; add it to plan/remote`,
      );
      return this.record(registration);
    }
    const { urn } = this.add(registration);
    const context: RemoteContext = {
      urn,
      name: registration.name,
      inputs: registration.properties,
      options: registration.options,
      stack: this.options.stack,
      dependencies: (property) => registration.propertyDependencies[property] ?? [],
      child: async (child) => this.registerChild(registration, urn, child),
      lookup: (token, path) => this.tokens.lookup(token, path),
      output: (of, property) => this.tokens.output(of, property),
      problem: (message) => this.problems.push(`${urn}: ${message}`),
    };
    const outputs = await component(context);
    return this.remoteAnswer(urn, outputs);
  }

  /** Registers a remote component's child as its provider does: under the component's transforms and options. */
  private async registerChild(component: Registration, urn: string, child: RemoteChild): Promise<string> {
    const { protect, providers, provider } = component.options;
    const pkg = child.type.slice(0, child.type.indexOf(":"));
    const registration: Registration = {
      type: child.type,
      name: child.name,
      parent: child.parent ?? urn,
      custom: child.custom ?? true,
      remote: false,
      properties: child.inputs ?? {},
      dependencies: child.dependencies ?? [],
      propertyDependencies: child.propertyDependencies ?? {},
      options: {
        ignoreChanges: [],
        replaceOnChanges: [],
        additionalSecretOutputs: [],
        aliases: [],
        providers: {},
        deletedWith: "",
        replaceWith: [],
        version: "",
        importId: "",
        provider: providers[pkg] ?? (provider.includes(`:providers:${pkg}::`) ? provider : ""),
        protect,
        ...child.options,
      },
      transforms: [],
    };
    const transforms = this.transformsFor(registration);
    const transformed = transforms.length ? await this.transform(registration, transforms) : registration;
    const made = this.record(transformed).getUrn();
    this.remoteStates.set(made, transformed);
    return made;
  }

  private transformsFor({ transforms, parent }: Registration): readonly Callback[] {
    // the ordinary program has none: no list is made for it
    if (!transforms.length && !this.transforms.size && !this.stackTransforms.length) return [];
    const result = [...transforms];
    for (let urn: string | undefined = parent; urn; urn = this.parents.get(urn)) {
      result.push(...(this.transforms.get(urn) ?? []));
    }
    return [...result, ...this.stackTransforms];
  }

  private async transform(registration: Registration, transforms: readonly Callback[]): Promise<Registration> {
    this.runner ??= loadRunner();
    const transformed = await this.runner.run(registration, transforms);
    this.activity++;
    return transformed;
  }

  private record(registration: Registration): RegisterAnswer {
    const { urn } = this.add(registration);
    if (!registration.custom) return answer(urn, "", {});
    const provider = registration.type.startsWith("pulumi:providers:");
    return answer(urn, provider ? "" : this.tokens.output(urn, "id"), this.state(urn, registration));
  }

  private add(registration: Registration): { readonly urn: string } {
    const { type, name, parent, custom, remote, options } = registration;
    const urn = makeUrn(this.options, parent, type, name);
    if (this.urns.has(urn)) {
      this.problems.push(`Duplicate resource URN '${urn}'; try giving it a unique name`);
      return { urn };
    }
    this.urns.add(urn);
    this.parents.set(urn, parent);
    if (registration.transforms.length) this.transforms.set(urn, registration.transforms);
    const { propertyDependencies, dependencies } = registration;
    const planned = this.plannedOptions(registration);
    this.resources.push({
      urn,
      type,
      name,
      parent: parent || null,
      remote,
      inputs: convertProperties(
        registration.properties,
        this.context(urn, (property) => propertyDependencies[property] ?? dependencies),
      ),
      dependencies: [...new Set(dependencies)].sort(),
      ...(planned ? { options: planned } : {}),
      custom,
      propertyDependencies: Object.fromEntries(
        Object.entries(propertyDependencies).map(([property, urns]) => [property, [...urns].sort()]),
      ),
      replaceOnChanges: options.replaceOnChanges,
      additionalSecretOutputs: options.additionalSecretOutputs,
      version: options.version,
    });
    return { urn };
  }

  /** The resource's outputs: its inputs, and a token for all that it has besides. */
  private state(urn: string, registration: Registration): Record<string, unknown> {
    const { type, properties } = registration;
    const state: Record<string, unknown> = { ...properties };
    const structured = structuredNames(type);
    for (const key of this.keysByType.get(type) ?? []) {
      if (state[key] === undefined) state[key] = structured.has(key) ? UNKNOWN : this.tokens.output(urn, key);
    }
    Object.assign(
      state,
      structuredOutputs(type, properties, (path) => this.tokens.output(urn, path)),
    );
    for (const key of registration.options.additionalSecretOutputs) {
      state[key] = { [SIGNATURE]: SECRET, value: state[key] ?? null };
    }
    return state;
  }

  private remoteAnswer(urn: string, outputs: Readonly<Record<string, RemoteOutput>>): RegisterAnswer {
    const entries = Object.entries(outputs);
    const state = Object.fromEntries(entries.map(([key, { value }]) => [key, value]));
    const dependencies = entries.map(
      ([key, { dependencies: urns }]): [string, { getUrnsList(): readonly string[] }] => [
        key,
        { getUrnsList: () => urns },
      ],
    );
    return { ...answer(urn, "", state), getPropertydependenciesMap: () => ({ entries: () => dependencies }) };
  }

  private plannedOptions(registration: Registration): PlannedResource["options"] {
    const { options } = registration;
    const aliases = options.aliases
      .filter((alias) => !isSdkAlias(alias, registration))
      .map((alias) => this.aliasUrn(alias, registration));
    const planned = {
      ...(options.protect ? { protect: true as const } : {}),
      ...(options.retainOnDelete ? { retainOnDelete: true as const } : {}),
      ...(options.deleteBeforeReplace ? { deleteBeforeReplace: true as const } : {}),
      ...(options.ignoreChanges.length ? { ignoreChanges: [...options.ignoreChanges].sort() } : {}),
      ...(aliases.length ? { aliases: [...new Set(aliases)].sort() } : {}),
      ...providerOption(options),
      ...(options.customTimeouts ? { customTimeouts: { ...options.customTimeouts } } : {}),
    };
    return Object.keys(planned).length ? planned : undefined;
  }

  private aliasUrn(alias: AliasSpec, { type, name, parent }: Registration): string {
    if (typeof alias === "string") return alias;
    const scope = { stack: alias.stack ?? this.options.stack, project: alias.project ?? this.options.project };
    return makeUrn(
      scope,
      alias.parent === null ? "" : (alias.parent ?? parent),
      alias.type ?? type,
      alias.name ?? name,
    );
  }

  private context(urn: string, origins: (property: string) => readonly string[]) {
    return {
      tokens: this.tokens,
      root: this.options.root,
      urn,
      origins,
      problem: (message: string) => this.problems.push(message),
    };
  }

  /** The SDK shows only an error's `details`; and not always that, so the message is kept as well. */
  private fail(message: string): Error {
    this.problems.push(message);
    return Object.assign(new Error(message), { details: message, code: 2 });
  }
}

function answer(urn: string, id: string, state: Record<string, unknown>): RegisterAnswer {
  return {
    getUrn: () => urn,
    getId: () => id,
    getObject: () => ({ toJavaScript: () => state }),
    getPropertydependenciesMap: () => undefined,
    // "skipped": outside of previews too, the SDK then takes an unknown for one
    getResult: () => 2,
  };
}

/** An alias that the provider's classes add themselves: a former type of the same package, and nothing else. */
function isSdkAlias(alias: AliasSpec, { type, parent }: Registration): boolean {
  if (typeof alias === "string" || alias.name || alias.stack || alias.project || !alias.type) return false;
  return (alias.parent ?? parent) === parent && alias.type.split(":", 1)[0] === type.split(":", 1)[0];
}

function providerOption({ provider }: RegistrationOptions): { readonly provider?: string } {
  const urn = providerUrn(provider);
  return urn === undefined ? {} : { provider: urn };
}

/** Loaded only when a program has a transform: it brings the gRPC client. */
function loadRunner(): TransformRunner {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() of a path without extension is ESM's
  const { TransformRunner: Runner } = require("./transforms") as typeof Transforms;
  return new Runner();
}

/** In a preview the SDK marks resources among the stack's outputs. */
function dropMarks(outputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(outputs), (key, value: unknown) =>
    key === "@isPulumiResource" ? undefined : value,
  ) as Record<string, unknown>;
}
