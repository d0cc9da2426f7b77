/** The stack's config as Pulumi has it. Read here and nowhere else. */
import * as pulumi from "@pulumi/pulumi";
import * as runtimeConfig from "@pulumi/pulumi/runtime/config";
import type { RawConfig } from "../app/config/read";

declare module "@pulumi/pulumi/runtime/config" {
  /** In the SDK since 2021, left out of its type declarations. */
  function isConfigSecret(key: string): boolean;
}

/** Every value with the stack's name; which of them hold secrets is told apart, as Pulumi knows it. */
export function rawConfig(): RawConfig {
  const values = pulumi.runtime.allConfig();
  const secretKeys = new Set(Object.keys(values).filter((key) => runtimeConfig.isConfigSecret(key)));
  return { stack: pulumi.getStack(), values, secretKeys };
}

/** The values of an app's secrets by name, each a secret Output; those of the platform under `$platform`. */
export type SecretValues = (app: string, names: readonly string[]) => Record<string, pulumi.Output<string>>;

/** The values of `spectrum:secrets.<app>`. */
export const secretValues: SecretValues = (app, names) => {
  const all = new pulumi.Config("spectrum").getSecretObject<Record<string, Record<string, string>>>("secrets");
  return Object.fromEntries(
    names.map((name) => [
      name,
      pulumi.secret(all === undefined ? "" : all.apply((secrets) => secrets?.[app]?.[name] ?? "")),
    ]),
  );
};
