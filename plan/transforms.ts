/**
 * Runs `opts.transforms` as the engine does (`pkg/resource/deploy/source_eval.go`): the resource's own first, then its
 * parents' from the nearest up, then the stack's. The SDK keeps the functions behind a server of its own on the
 * loopback address; it is called there, and only when a program has a transform.
 */
import { credentials } from "@grpc/grpc-js";
import { Alias } from "@pulumi/pulumi/proto/alias_pb";
import { CallbacksClient } from "@pulumi/pulumi/proto/callback_grpc_pb";
import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import { CallbackInvokeRequest } from "@pulumi/pulumi/proto/callback_pb";
import {
  RegisterResourceRequest,
  TransformRequest,
  TransformResourceOptions,
  TransformResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import type { AliasSpec, Registration } from "./registration";
import { readAlias, readTimeouts } from "./registration";

/** Dials the SDK's callback servers (one for each process); `close` ends the connections. */
export class TransformRunner {
  private readonly clients = new Map<string, CallbacksClient>();

  /** The registration after all transforms. */
  async run(registration: Registration, transforms: readonly Callback[]): Promise<Registration> {
    let current = registration;
    for (const transform of transforms) current = await this.runOne(current, transform);
    return current;
  }

  close(): void {
    for (const client of this.clients.values()) client.close();
    this.clients.clear();
  }

  private async runOne(registration: Registration, transform: Callback): Promise<Registration> {
    const request = new CallbackInvokeRequest();
    request.setToken(transform.getToken());
    request.setRequest(writeRequest(registration).serializeBinary());
    const bytes = await new Promise<Uint8Array>((resolve, reject) => {
      this.client(transform.getTarget()).invoke(request, (error, response) => {
        if (error) reject(new Error(error.details));
        else resolve(response.getResponse_asU8());
      });
    });
    return readResponse(registration, TransformResponse.deserializeBinary(bytes));
  }

  private client(target: string): CallbacksClient {
    const known = this.clients.get(target);
    if (known) return known;
    const client = new CallbacksClient(target, credentials.createInsecure());
    this.clients.set(target, client);
    return client;
  }
}

function writeRequest(registration: Registration): TransformRequest {
  const { options } = registration;
  const request = new TransformRequest();
  request.setType(registration.type);
  request.setName(registration.name);
  request.setCustom(registration.custom);
  request.setParent(registration.parent);
  request.setProperties(Struct.fromJavaScript(registration.properties as Parameters<typeof Struct.fromJavaScript>[0]));
  const message = new TransformResourceOptions();
  message.setDependsOnList([...registration.dependencies]);
  if (options.protect !== undefined) message.setProtect(options.protect);
  if (options.retainOnDelete !== undefined) message.setRetainOnDelete(options.retainOnDelete);
  if (options.deleteBeforeReplace !== undefined) message.setDeleteBeforeReplace(options.deleteBeforeReplace);
  message.setIgnoreChangesList([...options.ignoreChanges]);
  message.setReplaceOnChangesList([...options.replaceOnChanges]);
  message.setAdditionalSecretOutputsList([...options.additionalSecretOutputs]);
  message.setAliasesList(options.aliases.map(writeAlias));
  message.setProvider(options.provider);
  for (const [name, reference] of Object.entries(options.providers)) message.getProvidersMap().set(name, reference);
  const timeouts = new RegisterResourceRequest.CustomTimeouts();
  timeouts.setCreate(options.customTimeouts?.create ?? "");
  timeouts.setUpdate(options.customTimeouts?.update ?? "");
  timeouts.setDelete(options.customTimeouts?.delete ?? "");
  timeouts.setRead(options.customTimeouts?.read ?? "");
  message.setCustomTimeouts(timeouts);
  message.setDeletedWith(options.deletedWith);
  message.setReplaceWithList([...options.replaceWith]);
  message.setVersion(options.version);
  message.setImport(options.importId);
  request.setOptions(message);
  return request;
}

function readResponse(registration: Registration, response: TransformResponse): Registration {
  const options = response.getOptions();
  const properties = (response.getProperties()?.toJavaScript() ?? {}) as Record<string, unknown>;
  if (!options) return { ...registration, properties };
  return {
    ...registration,
    properties,
    dependencies: options.getDependsOnList(),
    options: {
      protect: options.hasProtect() ? options.getProtect() : undefined,
      retainOnDelete: options.hasRetainOnDelete() ? options.getRetainOnDelete() : undefined,
      deleteBeforeReplace: options.hasDeleteBeforeReplace() ? options.getDeleteBeforeReplace() : undefined,
      ignoreChanges: options.getIgnoreChangesList(),
      replaceOnChanges: options.getReplaceOnChangesList(),
      additionalSecretOutputs: options.getAdditionalSecretOutputsList(),
      aliases: options.getAliasesList().map(readAlias),
      provider: options.getProvider(),
      providers: Object.fromEntries(options.getProvidersMap().toArray()),
      customTimeouts: readTimeouts(options.getCustomTimeouts()),
      deletedWith: options.getDeletedWith(),
      replaceWith: options.getReplaceWithList(),
      version: options.getVersion(),
      importId: options.getImport(),
    },
  };
}

function writeAlias(alias: AliasSpec): Alias {
  const message = new Alias();
  if (typeof alias === "string") {
    message.setUrn(alias);
    return message;
  }
  const spec = new Alias.Spec();
  spec.setName(alias.name ?? "");
  spec.setType(alias.type ?? "");
  spec.setStack(alias.stack ?? "");
  spec.setProject(alias.project ?? "");
  if (alias.parent === null) spec.setNoparent(true);
  else if (alias.parent !== undefined) spec.setParenturn(alias.parent);
  message.setSpec(spec);
  return message;
}
