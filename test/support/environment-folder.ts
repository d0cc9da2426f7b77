/** A project's folder with environments, the fake Pulumi CLI and an STS: what the command needs to work on a stack. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { FakePulumi } from "./fake-pulumi";
import { type FakeSts, serveSts } from "./fake-sts";
import { root } from "./project";

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The account that its credentials are of. */
export const ACCOUNT = "123456789012";

/** Call `close` at the end. */
export class EnvironmentFolder {
  readonly pulumi = new FakePulumi();
  readonly folder = mkdtempSync(join(tmpdir(), "spectrum-environment-"));

  private constructor(private readonly sts: FakeSts) {
    this.write("Pulumi.yaml", { name: "spectrum", runtime: "nodejs" });
  }

  static async open(): Promise<EnvironmentFolder> {
    return new EnvironmentFolder(await serveSts({ account: ACCOUNT }));
  }

  /** What is no text is written as YAML. */
  write(name: string, content: unknown): void {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === "string" ? content : stringify(content));
  }

  get env(): Record<string, string> {
    return { ...this.sts.env, ...this.pulumi.env };
  }

  /** Runs the command in the folder, as a user does. */
  spectrum(...args: readonly string[]): Promise<Ran> {
    const loader = join(root, "node_modules/tsx/dist/loader.mjs");
    const child = spawn(process.execPath, ["--import", loader, join(root, "cli/main.ts"), ...args], {
      cwd: this.folder,
      env: { ...process.env, ...this.env, NO_COLOR: "1", NODE_NO_WARNINGS: "1" },
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
    child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
    return new Promise((done, failed) => {
      child.on("error", failed);
      child.on("close", (code) => done({ code, stdout, stderr }));
    });
  }

  close(): void {
    this.sts.close();
    this.pulumi.close();
    rmSync(this.folder, { recursive: true });
  }
}
