/** Talks to the stand-in as Pulumi's engine does, without the engine: for tests of what the stand-in refuses. */
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { makeUrn } from "../../plan/urn";
import type { Cloud } from "./stand-in/cloud";
import { serve } from "./stand-in/server";
import type { Values } from "./stand-in/values";
import { text } from "./stand-in/values";

/** A resource as the engine keeps it. */
export interface Thing {
  readonly urn: string;
  readonly id: string;
  readonly inputs: Values;
  readonly outputs: Values;
  readonly arn: string;
}

export interface ThingDiff {
  readonly changes: readonly string[];
  readonly replaces: readonly string[];
  readonly deleteFirst: boolean;
}

type Call<Request, Response> = (request: Request, done: (error: Error | null, response: Response) => void) => void;

export class ProviderClient {
  private constructor(
    private readonly client: ResourceProviderClient,
    private readonly stop: () => void,
  ) {}

  static async open(cloud: Cloud): Promise<ProviderClient> {
    const served = await serve(cloud, "1.0.0");
    const credentials = grpc.credentials.createInsecure();
    const client = new ResourceProviderClient(`127.0.0.1:${served.port}`, credentials);
    return new ProviderClient(client, () => {
      client.close();
      served.close();
    });
  }

  close(): void {
    this.stop();
  }

  async create(type: string, name: string, inputs: Values = {}): Promise<Thing> {
    const urn = makeUrn({ stack: "dev", project: "test" }, "", type, name);
    const request = new proto.CreateRequest().setUrn(urn).setProperties(struct(inputs));
    const made = await this.call(request, this.client.create.bind(this.client) as Call<unknown, proto.CreateResponse>);
    const outputs = made.getProperties()?.toJavaScript() ?? {};
    return { urn, id: made.getId(), inputs, outputs, arn: text(outputs.arn) };
  }

  async update(thing: Thing, inputs: Values): Promise<Thing> {
    const request = new proto.UpdateRequest().setUrn(thing.urn).setId(thing.id).setNews(struct(inputs));
    request.setOlds(struct(thing.outputs));
    const made = await this.call(request, this.client.update.bind(this.client) as Call<unknown, proto.UpdateResponse>);
    return { ...thing, inputs, outputs: made.getProperties()?.toJavaScript() ?? {} };
  }

  async delete(thing: Thing): Promise<void> {
    const request = new proto.DeleteRequest().setUrn(thing.urn).setId(thing.id).setProperties(struct(thing.outputs));
    await this.call(request, this.client.delete.bind(this.client) as Call<unknown, unknown>);
  }

  async diff(thing: Pick<Thing, "urn" | "id" | "inputs">, inputs: Values): Promise<ThingDiff> {
    const request = new proto.DiffRequest().setUrn(thing.urn).setId(thing.id).setNews(struct(inputs));
    request.setOldInputs(struct(thing.inputs));
    const found = await this.call(request, this.client.diff.bind(this.client) as Call<unknown, proto.DiffResponse>);
    return {
      changes: found.getDiffsList(),
      replaces: found.getReplacesList(),
      deleteFirst: found.getDeletebeforereplace(),
    };
  }

  async preview(type: string, name: string, inputs: Values): Promise<Values> {
    const urn = makeUrn({ stack: "dev", project: "test" }, "", type, name);
    const request = new proto.CreateRequest().setUrn(urn).setProperties(struct(inputs)).setPreview(true);
    const made = await this.call(request, this.client.create.bind(this.client) as Call<unknown, proto.CreateResponse>);
    return made.getProperties()?.toJavaScript() ?? {};
  }

  private call<Response>(request: unknown, method: Call<unknown, Response>): Promise<Response> {
    return new Promise((resolve, reject) => {
      method(request, (error, response) => {
        if (error) reject(new Error(error.message.replace(/^2 UNKNOWN: /u, "")));
        else resolve(response);
      });
    });
  }
}

function struct(values: Values): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(values)) as Record<string, JavaScriptValue>);
}
