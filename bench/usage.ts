/**
 * Loaded before a measured program: at its end it writes what the process used to file descriptor 3, as JSON. Peak memory is
 * the operating system's count (maxRSS), in MiB; `packages` are the provider packages that were loaded.
 */
import { writeSync } from "node:fs";

export interface Usage {
  readonly memory: number;
  /** Seconds of CPU, user and system. */
  readonly cpu: number;
  readonly packages: readonly string[];
}

process.on("exit", () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const packages = new Set<string>();
  for (const path of Object.keys(require.cache)) {
    const name = /node_modules\/(@pulumi\/[^/]+)\//.exec(path)?.[1];
    if (name !== undefined && name !== "@pulumi/pulumi") packages.add(name);
  }
  const usage: Usage = {
    memory: maxRSS / 1024,
    cpu: (userCPUTime + systemCPUTime) / 1e6,
    packages: [...packages].sort(),
  };
  writeSync(3, JSON.stringify(usage));
});
