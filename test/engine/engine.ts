/**
 * The real Pulumi engine, on a copy of the project, against the stand-in cloud: what `pulumi` does, with no AWS and no
 * network. Everything is in a temporary folder, so that no tracked file changes.
 */
import { spawn } from "node:child_process";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join, sep } from "node:path";
import { parse, stringify } from "yaml";

import { copyProject } from "./cases";
import { lockedVersions } from "./recording";
import type { Cloud } from "./stand-in/cloud";
import type { Served } from "./stand-in/server";
import { serve } from "./stand-in/server";

/** The packages that the stand-in serves, as the versions that are locked. */
const STOOD_IN = ["aws", "docker-build", "docker", "kubernetes"];

/** The component providers that are the real ones. */
const REAL = ["awsx", "eks"];

/** What the engine tests need on PATH; npm's `pulumi` is a downloader, so no `node_modules/.bin` counts. */
export interface Tools {
  readonly pulumi: string;
  /** Folders of the CLI and of the component providers. */
  readonly folders: readonly string[];
}

/** Undefined where the CLI or a component provider is not on PATH. */
export function findTools(path = process.env.PATH ?? ""): Tools | undefined {
  const folders = path.split(delimiter).filter((folder) => folder && !isBin(folder));
  const find = (name: string) => folders.map((folder) => join(folder, name)).find(isExecutable);
  const pulumi = find("pulumi");
  const plugins = REAL.map((name) => find(`pulumi-resource-${name}`));
  if (pulumi === undefined || plugins.some((plugin) => plugin === undefined)) return undefined;
  return { pulumi, folders: [...new Set([pulumi, ...plugins].map((file) => dirname(file ?? "")))] };
}

function isBin(folder: string): boolean {
  return basename(folder) === ".bin" && dirname(folder).split(sep).at(-1) === "node_modules";
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What a command of the CLI said. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StackOptions {
  /** Files to put into the project's copy, or in the place of its own, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Plain values; structured ones as they would stand in the stack's file. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Secret values by path: `spectrum:secrets.shop.DB_PASSWORD`. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly stack?: string;
  /** Run Pulumi's dynamic providers for real; otherwise the stand-in answers, and its clock moves at once. */
  readonly realDynamic?: boolean;
}

const MINUTE = 60_000;

/** One stack of one project. Call `close` at the end. */
export class EngineStack {
  readonly stack: string;
  private readonly served: Served[] = [];

  private constructor(
    private readonly tools: Tools,
    /** The copy of the project. */
    readonly folder: string,
    private readonly home: string,
    options: StackOptions,
  ) {
    this.stack = options.stack ?? "dev";
  }

  static async open(tools: Tools, cloud: Cloud, options: StackOptions): Promise<EngineStack> {
    const home = mkdtempSync(join(tmpdir(), "spectrum-engine-"));
    const folder = join(home, "project");
    for (const name of ["bin", "home", "state"]) mkdirSync(join(home, name));
    copyProject(folder, options.files);
    const stack = new EngineStack(tools, folder, home, options);
    await stack.serve(cloud, options.realDynamic ? STOOD_IN : [...STOOD_IN, "pulumi-nodejs"]);
    await stack.begin(options);
    return stack;
  }

  /** Another stack of the same project, in the same backend and cloud. It ends with this one. */
  async beside(stack: string, options: Pick<StackOptions, "config" | "secrets">): Promise<EngineStack> {
    const other = new EngineStack(this.tools, this.folder, this.home, { ...options, stack });
    await other.begin(options);
    return other;
  }

  private async begin({ config, secrets = {} }: Pick<StackOptions, "config" | "secrets">): Promise<void> {
    await this.must("stack", "init", this.stack);
    this.configure(config);
    const values = Object.entries(secrets).flatMap(([path, value]) => ["--secret", `${path}=${value}`]);
    if (values.length) await this.must("config", "set-all", "--path", ...values);
  }

  /** Writes plain config values, and keeps the secret ones. */
  configure(config: Readonly<Record<string, unknown>>): void {
    const file = join(this.folder, `Pulumi.${this.stack}.yaml`);
    const content = parse(readFileSync(file, "utf8")) as { config?: Record<string, unknown> };
    writeFileSync(file, stringify({ ...content, config: { ...content.config, ...config } }));
  }

  /** Writes a file of the project's copy. */
  write(name: string, content: string): void {
    writeFileSync(join(this.folder, name), content);
  }

  /** `pulumi preview` as JSON. */
  async preview(): Promise<PreviewJson> {
    const { stdout } = await this.must("preview", "--json");
    return JSON.parse(stdout) as PreviewJson;
  }

  /** As people run it: what its preview refuses is not begun. */
  upAfterPreview(): Promise<Ran> {
    return this.run("up", "--yes");
  }

  up(): Promise<Ran> {
    return this.run("up", "--yes", "--skip-preview");
  }

  destroy(): Promise<Ran> {
    return this.run("destroy", "--yes", "--skip-preview");
  }

  /** The state, with secrets as ciphertext. */
  async state(): Promise<StateJson> {
    const { stdout } = await this.must("stack", "export");
    return JSON.parse(stdout) as StateJson;
  }

  /** The arguments of the remote components of the last `preview` or `up`, by URN. */
  constructs(): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
    return readConstructs(join(this.home, "grpc.json"));
  }

  run(...args: readonly string[]): Promise<Ran> {
    if (args[0] === "preview" || args[0] === "up") rmSync(join(this.home, "grpc.json"), { force: true });
    return run(
      this.tools.pulumi,
      [...args, "--non-interactive", ...(args.includes("init") ? [] : ["--stack", this.stack])],
      this.folder,
      this.environment(),
    );
  }

  close(): void {
    for (const served of this.served) served.close();
    rmSync(this.home, { recursive: true, force: true });
  }

  private async must(...args: readonly string[]): Promise<Ran> {
    const ran = await this.run(...args);
    if (ran.code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${ran.code}:\n${messages(ran)}`);
    return ran;
  }

  /** A plugin says its port and stays; the stand-in itself lives in the process of the test, where the test can look at it. */
  private async serve(cloud: Cloud, names: readonly string[]): Promise<void> {
    const versions = lockedVersions();
    for (const name of names) {
      // dynamic providers come with the CLI and have no version of their own
      const served = await serve(cloud, versions[`@pulumi/${name}`] ?? versions["@pulumi/pulumi"] ?? "");
      this.served.push(served);
      const script = `#!/bin/sh\necho ${served.port}\nexec sleep 600\n`;
      writeFileSync(join(this.home, "bin", `pulumi-resource-${name}`), script, { mode: 0o755 });
    }
  }

  /** The variables that a process needs to work on the stack. */
  environment(): NodeJS.ProcessEnv {
    // neither the user's own account nor settings of npm or of other runs count
    const kept = Object.entries(process.env).filter(
      ([name]) => !/^(AWS_|PULUMI_|npm_|STANDIN_|NODE_OPTIONS)/u.test(name),
    );
    const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => !isBin(folder));
    return {
      ...Object.fromEntries(kept),
      PATH: [join(this.home, "bin"), ...this.tools.folders, dirname(process.execPath), ...path].join(delimiter),
      PULUMI_HOME: join(this.home, "home"),
      PULUMI_BACKEND_URL: `file://${join(this.home, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "of the test",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DEBUG_GRPC: join(this.home, "grpc.json"),
      AWS_REGION: "us-east-1",
      AWS_EC2_METADATA_DISABLED: "true",
      NO_COLOR: "1",
    };
  }
}

/** What of `pulumi preview --json` is used here. */
export interface PreviewJson {
  /** How many resources see each operation; `same` for those that do not change. */
  readonly changeSummary?: Readonly<Record<string, number>>;
  readonly steps: readonly { readonly op: string; readonly urn: string; readonly newState?: StateResource }[];
  readonly diagnostics?: readonly { readonly message: string; readonly severity: string }[];
}

export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly id?: string;
  readonly parent?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
  readonly protect?: boolean;
  readonly delete?: boolean;
}

export interface StateJson {
  readonly deployment: { readonly resources?: readonly StateResource[] };
}

/** What went wrong, without the whole of a JSON preview around it. */
function messages({ stdout, stderr }: Ran): string {
  if (!stdout.startsWith("{")) return `${stdout}\n${stderr}`;
  const { diagnostics = [] } = JSON.parse(stdout) as PreviewJson;
  return diagnostics.flatMap(({ message, severity }) => (severity === "error" ? [message] : [])).join("\n");
}

function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Ran> {
  return new Promise((resolveRun, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], timeout: 3 * MINUTE });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolveRun({ code: code ?? -1, stdout, stderr }));
  });
}

interface GrpcLine {
  readonly method: string;
  readonly request?: {
    readonly type?: string;
    readonly name?: string;
    readonly parent?: string;
    readonly inputs?: Readonly<Record<string, unknown>>;
  };
  readonly response?: { readonly urn?: string };
}

/** The engine's log of its calls is the only place that has what a program gave to a remote component. */
function readConstructs(file: string): Record<string, Readonly<Record<string, unknown>>> {
  const found: Record<string, Readonly<Record<string, unknown>>> = {};
  if (!existsSync(file)) return found;
  for (const line of readFileSync(file, "utf8").split("\n")) {
    if (!line.includes("/pulumirpc.ResourceProvider/Construct")) continue;
    const { request, response } = JSON.parse(line) as GrpcLine;
    if (request?.inputs && response?.urn) found[response.urn] = request.inputs;
  }
  return found;
}
