/** Where the values of an app's Compose secrets come from. Opens the files that they name; touches no Pulumi. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Finding } from "../app/finding";
import { refused, type Verdict } from "../app/fit";
import type { App, FileSource } from "../app/model";
import type { Value } from "../app/value";

export type SecretSource =
  /** A key of `spectrum:secrets.<app>`. */
  | { readonly kind: "config"; readonly name: string }
  /** A text that the program turns into a secret at once. */
  | { readonly kind: "text"; readonly text: string }
  /** Text with other secrets in it. */
  | { readonly kind: "value"; readonly value: Value }
  /** An existing secret or parameter by its ARN. */
  | { readonly kind: "existing"; readonly arn: string }
  /** No value is known and none is needed: a plan without a stack. */
  | { readonly kind: "assumed" };

/**
 * By Compose secret. `spectrum:secrets.<app>` wins, by the secret's name or its variable's. A secret without a value is a
 * refused finding, but where `assume` is true.
 */
export function readSecretSources(
  app: App,
  secretNames: readonly string[],
  variable: (name: string) => string | undefined,
  assume: boolean,
): { readonly sources: Readonly<Record<string, SecretSource>>; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const sources = Object.entries(app.secrets).map(([name, source]): [string, SecretSource] => {
    const found = findSource(app, name, source, secretNames, variable);
    if (!("outcome" in found)) return [name, found];
    if (!assume) {
      const { outcome, reason, remedy = "" } = found;
      const key = `secrets.${name}`;
      findings.push({
        app: app.name,
        service: null,
        key,
        outcome,
        accepted: false,
        reason,
        remedy,
        location: app.locate(key),
      });
    }
    return [name, { kind: "assumed" }];
  });
  return { sources: Object.fromEntries(sources), findings };
}

function findSource(
  app: App,
  name: string,
  source: FileSource,
  secretNames: readonly string[],
  variable: (name: string) => string | undefined,
): SecretSource | Verdict {
  const set = (key: string) => `pulumi config set --secret --path 'spectrum:secrets.${app.name}.${key}'`;
  if (secretNames.includes(name)) return { kind: "config", name };
  switch (source.kind) {
    case "file": {
      if (app.release)
        return refused(
          `its file ${source.path} is not in the release, as no secret is`,
          `give the value: ${set(name)}`,
        );
      const path = resolve(app.directory, source.path);
      if (existsSync(path)) return { kind: "text", text: readFileSync(path, "utf8") };
      return refused(`its file ${source.path} is missing`, `create the file, or give the value: ${set(name)}`);
    }
    case "environment": {
      if (secretNames.includes(source.variable)) return { kind: "config", name: source.variable };
      const text = variable(source.variable);
      if (text !== undefined) return { kind: "text", text };
      return refused(`its variable ${source.variable} has no value`, `give it: ${set(source.variable)}`);
    }
    case "content":
      return { kind: "value", value: source.content };
    case "external":
      if (source.name.startsWith("arn:")) return { kind: "existing", arn: source.name };
      return refused(
        `it is external, and ${source.name} is no ARN`,
        `name a secret's or parameter's ARN, or give the value: ${set(name)}`,
      );
  }
}
