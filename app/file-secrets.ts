/**
 * Secrets that a service reads from files, told by variables: `POSTGRES_PASSWORD_FILE: /run/secrets/db_password`. Images
 * that follow this convention (the Docker Official Images among them) take the value itself from the variable without
 * `_FILE`, which is how a tier without files can still give it. Pure.
 */
import type { Service } from "./model";
import { plainText } from "./value";

export interface FileVariable {
  /** `POSTGRES_PASSWORD_FILE` */
  readonly file: string;
  /** `POSTGRES_PASSWORD` */
  readonly variable: string;
  /** The Compose secret. */
  readonly secret: string;
}

/** The variables that name the file of one of the service's own secrets, and whose plain twin is not set. */
export function fileVariables(service: Service): readonly FileVariable[] {
  const files = new Map(service.secrets.map((grant) => [grant.target, grant.source]));
  return Object.entries(service.environment).flatMap(([file, value]): FileVariable[] => {
    const variable = file.endsWith("_FILE") ? file.slice(0, -"_FILE".length) : "";
    const secret = value === null ? undefined : files.get(plainText(value) ?? "");
    return variable === "" || secret === undefined || service.environment[variable] ? [] : [{ file, variable, secret }];
  });
}

/** What takes the place of the variable `file`; `undefined` where it is passed on. */
export function fileVariable(service: Service, file: string): FileVariable | undefined {
  return fileVariables(service).find((v) => v.file === file);
}
