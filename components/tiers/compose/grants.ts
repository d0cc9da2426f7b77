/** Secrets and configs of services as files that a machine mounts into their containers. Pure. */
import { posix } from "node:path";
import type { App, FileGrant, ProjectFile, Service } from "../../../app/model";
import { plainText, type Value } from "../../../app/value";
import type { SecretFile, WiredFile } from "./wired";

interface GrantNode {
  readonly source: string;
  readonly target: string;
}

/** What one service is given. */
export interface ServiceGrants {
  readonly secrets: readonly GrantNode[];
  readonly configs: readonly GrantNode[];
  readonly files: readonly WiredFile[];
  readonly secretFiles: readonly SecretFile[];
}

export interface Grants {
  /** The sections of the Compose file. */
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly configs: Readonly<Record<string, { readonly file: string }>>;
  readonly files: readonly WiredFile[];
  readonly secretFiles: readonly SecretFile[];
  readonly granted: ReadonlyMap<string, ServiceGrants>;
}

/** Every user of a container may read a file unless the grant says otherwise, as under Docker. */
const READABLE = 0o444;

/**
 * Docker mounts a secret or config of a file as that file is, so owner and mode are the file's own: a grant that asks for
 * others gets a file, and a name, of its own.
 */
export function grantsOf(app: App, services: readonly Service[], secretsFolder: string): Grants {
  const granted = new Map<string, ServiceGrants>();
  for (const service of services) {
    const secrets = service.secrets
      .filter(({ source }) => source in app.secrets)
      .map((grant) => ({ grant, name: nameOf(grant), file: secretFile(grant, secretsFolder) }));
    const configs = service.configs.flatMap((grant) => configFile(app, grant, secretsFolder) ?? []);
    const node = ({ grant, name }: { grant: FileGrant; name: string }) => ({ source: name, target: grant.target });
    granted.set(service.name, {
      secrets: secrets.map(node),
      configs: configs.map(node),
      files: configs.flatMap(({ file }) => ("encoding" in file ? [file] : [])),
      secretFiles: [...secrets, ...configs].flatMap(({ file }) => ("encoding" in file ? [] : [file])),
    });
  }
  const all = [...granted.values()];
  const sections = (kind: "secrets" | "configs") => {
    const folder = kind === "secrets" ? secretsFolder : "./configs";
    const plain = new Set(all.flatMap(({ files }) => files.map(({ path }) => path)));
    return Object.fromEntries(
      all.flatMap((grants) =>
        grants[kind].map(({ source }): [string, { file: string }] => {
          const held = kind === "configs" && !plain.has(posix.join(folder, source));
          return [source, { file: held ? inFolder(secretsFolder, `config-${source}`) : inFolder(folder, source) }];
        }),
      ),
    );
  };
  return {
    secrets: sections("secrets"),
    configs: sections("configs"),
    files: all.flatMap(({ files }) => files),
    secretFiles: unique(all.flatMap(({ secretFiles }) => secretFiles)),
    granted,
  };
}

const inFolder = (folder: string, name: string): string => `${folder}/${name}`;

function unique(files: readonly SecretFile[]): SecretFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** `db_password`, or `db_password.0440.999.999` for a grant with rights of its own. */
function nameOf({ source, mode, uid, gid }: FileGrant): string {
  if (mode === null && uid === null && gid === null) return source;
  return [source, (mode ?? READABLE).toString(8).padStart(4, "0"), uid ?? "0", gid ?? "0"].join(".");
}

const rights = ({ mode, uid, gid }: FileGrant) => ({ mode: mode ?? READABLE, uid, gid });

function secretFile(grant: FileGrant, folder: string): SecretFile {
  return { path: inFolder(folder, nameOf(grant)), content: { secret: grant.source }, ...rights(grant) };
}

function configFile(app: App, grant: FileGrant, secretsFolder: string) {
  const content = configText(app, grant.source);
  if (content === null) return null;
  const name = nameOf(grant);
  const text = "value" in content ? plainText(content.value) : content.text;
  if (text === null && "value" in content) {
    const key = `config-${grant.source}`;
    const path = inFolder(secretsFolder, `config-${name}`);
    return { grant, name, file: { path, content: { key, value: content.value }, ...rights(grant) } as SecretFile };
  }
  const encoding = "value" in content ? "utf8" : content.encoding;
  const file: WiredFile = { path: posix.join("configs", name), content: text ?? "", encoding, ...rights(grant) };
  return { grant, name, file };
}

/** What a config holds; `null` where it cannot be known, which the tier refuses. */
export function configText(
  app: App,
  name: string,
): { readonly value: Value } | { readonly text: string; readonly encoding: ProjectFile["encoding"] } | null {
  const config = app.configs[name];
  switch (config?.kind) {
    case "content":
      return { value: config.content };
    case "environment": {
      const value = app.configValues?.[name];
      return value ? { value } : null;
    }
    case "file": {
      const file = app.files?.[config.path];
      return file && file.content !== null ? { text: file.content, encoding: file.encoding } : null;
    }
    case "external":
    case undefined:
      return null;
  }
}
