/** How the instances hear of a new value of a secret, whose ARN stays: by environment properties with the versions. */
import type * as pulumi from "@pulumi/pulumi";
import { type StoredSecret, versionOf } from "../../platform/secrets";
import type { BeanstalkFile } from "./wired";

/**
 * By property: the versions of all secrets, and of the files of each service. The latter stand in a label of the service, for
 * Compose does not see that a file has another content.
 *
 * @param secrets by the property that has the value
 */
export function secretVersions(
  { wired, fileProperties }: BeanstalkFile,
  secrets: Readonly<Record<string, StoredSecret>>,
): Readonly<Record<string, pulumi.Input<string>>> {
  const all = versionOf(Object.values(secrets));
  const ofFiles = Object.entries(wired.digests).map(([variable, paths]): [string, pulumi.Input<string>] => {
    const read = paths.flatMap((path) => secrets[fileProperties[path] ?? ""] ?? []);
    return [variable, versionOf(read) ?? "unknown"];
  });
  return { ...(all && { SPECTRUM_SECRETS: all }), ...Object.fromEntries(ofFiles) };
}
