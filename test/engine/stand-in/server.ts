/** Serves a `Cloud` over Pulumi's provider protocol: one port for each package. */
import type { handleUnaryCall, sendUnaryData, ServerUnaryCall } from "@grpc/grpc-js";
import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { urnName, urnType } from "../../../plan/urn";
import type { Cloud } from "./cloud";
import { diff } from "./diff";
import { previewOutputs, withNested } from "./outputs";
import type { Values } from "./values";
import { plain, plainRecord, text } from "./values";

const MAX_MESSAGE = 400 * 1024 * 1024;

/** The port of one package's provider, and its end. */
export interface Served {
  readonly port: number;
  close(): void;
}

/** Serves the cloud as the provider of a package, whose version is what the provider says of itself. */
export async function serve(cloud: Cloud, version: string): Promise<Served> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": MAX_MESSAGE });
  server.addService(ResourceProviderService, handlers(cloud, version));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return { port, close: () => server.forceShutdown() };
}

function handlers(cloud: Cloud, version: string): grpc.UntypedServiceImplementation {
  return {
    handshake: handle(() => {
      const response = new proto.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      response.setAcceptResources(true);
      return response;
    }),
    getPluginInfo: handle(() => new PluginInfo().setVersion(version)),
    getSchema: handle(() => new proto.GetSchemaResponse().setSchema("{}")),
    attach: handle(() => new Empty()),
    cancel: handle(() => new Empty()),
    getMapping: handle(() => new proto.GetMappingResponse()),
    getMappings: handle(() => new proto.GetMappingsResponse()),
    checkConfig: handle((request: proto.CheckRequest) => new proto.CheckResponse().setInputs(request.getNews())),
    diffConfig: handle(() => new proto.DiffResponse().setChanges(proto.DiffResponse.DiffChanges.DIFF_NONE)),
    configure: handle(() => {
      const response = new proto.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      response.setAcceptresources(true);
      return response;
    }),
    invoke: handle((request: proto.InvokeRequest) => {
      const answer = cloud.invoke(request.getTok(), plainRecord(read(request.getArgs())));
      return new proto.InvokeResponse().setReturn(write(answer));
    }),
    check: handle((request: proto.CheckRequest) => new proto.CheckResponse().setInputs(request.getNews())),
    diff: handle((request: proto.DiffRequest) => {
      const before = plainRecord(read(request.getOldInputs() ?? request.getOlds()));
      const { changed, replaces, deleteFirst } = diff(
        urnType(request.getUrn()),
        before,
        plainRecord(read(request.getNews())),
      );
      const { DIFF_SOME, DIFF_NONE } = proto.DiffResponse.DiffChanges;
      return new proto.DiffResponse()
        .setChanges(changed.length ? DIFF_SOME : DIFF_NONE)
        .setDiffsList([...changed])
        .setReplacesList([...replaces])
        .setDeletebeforereplace(deleteFirst);
    }),
    create: handle(async (request: proto.CreateRequest) => {
      const urn = request.getUrn();
      const given = read(request.getProperties());
      const response = new proto.CreateResponse();
      if (request.getPreview()) return response.setProperties(write(previewOutputs(urnType(urn), given)));
      const { id, outputs } = await cloud.create(urn, urnType(urn), urnName(urn), plainRecord(given));
      return response.setId(id).setProperties(write(withSecrets(urnType(urn), outputs, given)));
    }),
    update: handle(async (request: proto.UpdateRequest) => {
      const urn = request.getUrn();
      const given = read(request.getNews());
      const response = new proto.UpdateResponse();
      if (request.getPreview()) return response.setProperties(write({ ...read(request.getOlds()), ...given }));
      const type = urnType(urn);
      const { outputs } = await cloud.update(urn, type, urnName(urn), request.getId(), plainRecord(given));
      return response.setProperties(write(withSecrets(type, outputs, given)));
    }),
    read: handle((request: proto.ReadRequest) => {
      const changes = cloud.tampered.get(request.getUrn());
      // an answer without an id: it is not there
      if (changes === null) return new proto.ReadResponse();
      const now = (of: Struct | undefined): Struct => write({ ...read(of), ...changes });
      return new proto.ReadResponse()
        .setId(request.getId())
        .setProperties(now(request.getProperties()))
        .setInputs(now(request.getInputs()));
    }),
    delete: handle(async (request: proto.DeleteRequest) => {
      const urn = request.getUrn();
      const arn = plain(read(request.getProperties()).arn);
      await cloud.delete(urn, urnType(urn), urnName(urn), request.getId(), text(arn));
      return new Empty();
    }),
  };
}

function handle<Request, Response>(
  answer: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => {
    Promise.resolve(call.request)
      .then(answer)
      .then(
        (response) => callback(null, response),
        (error: unknown) => {
          const message = error instanceof Error ? error.message : String(error);
          callback({ code: grpc.status.UNKNOWN, message });
        },
      );
  };
}

/** What was given as a secret stays one in the state: the provider says that it accepts secrets, so it has to keep them. */
function withSecrets(type: string, outputs: Values, given: Values): Values {
  const same = Object.entries(given).filter(([key]) => key !== "privateRegistryAccess");
  return { ...outputs, ...withNested(type, outputs, Object.fromEntries(same)) };
}

function read(struct: Struct | undefined): Values {
  return struct?.toJavaScript() ?? {};
}

function write(values: Values): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(values)) as Record<string, JavaScriptValue>);
}
