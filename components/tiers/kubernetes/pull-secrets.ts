/** The logins of private registries, as pods need them. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childName } from "../../names";
import type { HostArgs } from "../tier";
import { autoNamed, type Pod } from "./pods";

export interface PullSecretsArgs {
  readonly host: HostArgs;
  readonly pod: Pod;
  readonly metadata: kubernetes.types.input.meta.v1.ObjectMeta;
}

/** One Secret for each registry that the pod's images come from and that asks for a login. */
export function pullSecrets(
  name: string,
  { host, pod, metadata }: PullSecretsArgs,
  opts: pulumi.CustomResourceOptions,
): { name: pulumi.Output<string> }[] {
  const seen = new Set<string>();
  return pod.services.flatMap(({ name: service }) => {
    const login = host.images.of(service).login ?? null;
    if (login === null || seen.has(login.registry)) return [];
    seen.add(login.registry);
    const { registry, username, password } = login;
    const auth = password.apply((word) => Buffer.from(`${username}:${word}`).toString("base64"));
    const config = pulumi.secret(pulumi.jsonStringify({ auths: { [registry]: { username, password, auth } } }));
    const secret = new kubernetes.core.v1.Secret(
      autoNamed(childName(name, "pull", registry)),
      { metadata, type: "kubernetes.io/dockerconfigjson", stringData: { ".dockerconfigjson": config } },
      opts,
    );
    return [{ name: secret.metadata.name }];
  });
}
