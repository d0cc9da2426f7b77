/** A user's project in a folder of its own, and `spectrum` run in it as a process. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { readText, root } from "./project";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when the text has been printed on either stream. */
  readonly until: (text: string | RegExp) => Promise<void>;
}

/** Call `close` at the end. */
export class SpectrumProject {
  readonly folder = mkdtempSync(join(tmpdir(), "spectrum-project-"));

  /** @param environments the stacks' config by name */
  constructor(environments: Readonly<Record<string, Readonly<Record<string, unknown>>>>) {
    for (const name of ["examples", "node_modules"]) symlinkSync(join(root, name), join(this.folder, name));
    this.write("Pulumi.yaml", readText("Pulumi.yaml"));
    for (const [name, config] of Object.entries(environments)) this.configure(name, config);
  }

  configure(environment: string, config: Readonly<Record<string, unknown>>): void {
    this.write(`Pulumi.${environment}.yaml`, stringify({ config }));
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  /** @param env besides the variables of this process, without those of AWS and Pulumi */
  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return this.start(args, env).ended;
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    return startSpectrum(args, this.folder, { ...ownVariables(), NO_COLOR: "1", ...env });
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Neither the user's own account nor settings of npm count. */
function ownVariables(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:AWS_|PULUMI_|npm_|INIT_CWD)/u.test(name)),
  );
}

/** Runs `spectrum` in a project's folder. @param env all of its variables */
export function startSpectrum(args: readonly string[], folder: string, env: NodeJS.ProcessEnv): Running {
  const child = spawn(process.execPath, ["--import", "tsx", join(root, "cli/main.ts"), ...args], {
    cwd: folder,
    env: { ...env, NODE_NO_WARNINGS: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { stdout: "", stderr: "" };
  const waiting = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
      for (const look of waiting) look();
    });
  const ended = new Promise<Ended>((resolve) => child.on("close", (code) => resolve({ code, ...said })));
  const until = (text: string | RegExp) =>
    new Promise<void>((seen, missed) => {
      const look = () => {
        const all = said.stdout + said.stderr;
        if (typeof text === "string" ? !all.includes(text) : !text.test(all)) return;
        waiting.delete(look);
        seen();
      };
      waiting.add(look);
      look();
      void ended.then(() =>
        missed(new Error(`it ended without saying ${String(text)}:\n${said.stdout}${said.stderr}`)),
      );
    });
  return { child, ended, until };
}
