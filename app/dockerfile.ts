/** What a Dockerfile says of the ports that its image listens on. Pure. */
import { knownImage } from "./known-images";
import type { ExposedPort } from "./model";

interface Stage {
  readonly name: string | null;
  readonly base: string;
  readonly ports: ExposedPort[];
}

/**
 * The ports that `EXPOSE` names in the target stage (the last one by default) and in the stages that it builds on; where they
 * name none, those of a well-known base image. A port written as a variable is left out: only the build knows it.
 */
export function exposedPorts(dockerfile: string, target: string | null): readonly ExposedPort[] {
  const stages = readStages(dockerfile);
  let stage = target === null ? stages.at(-1) : findStage(stages, target);
  const found: ExposedPort[] = [];
  let base: string | null = null;
  for (const seen = new Set<Stage>(); stage && !seen.has(stage);) {
    seen.add(stage);
    found.push(...stage.ports);
    base = stage.base;
    stage = findStage(stages.slice(0, stages.indexOf(stage)), stage.base);
  }
  if (found.length > 0) return found;
  return (knownImage(base)?.ports ?? []).map((port) => ({ port, protocol: "tcp" as const }));
}

function findStage(stages: readonly Stage[], name: string): Stage | undefined {
  return stages.find((s) => s.name === name.toLowerCase()) ?? (/^\d+$/u.test(name) ? stages[Number(name)] : undefined);
}

function readStages(dockerfile: string): Stage[] {
  const stages: Stage[] = [];
  // a line that ends with a backslash goes on in the next
  for (const line of dockerfile.replace(/\\\r?\n/gu, " ").split(/\r?\n/u)) {
    const from = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/iu.exec(line);
    if (from) stages.push({ base: from[1] ?? "", name: from[2]?.toLowerCase() ?? null, ports: [] });
    const expose = /^\s*EXPOSE\s+(.+)$/iu.exec(line)?.[1];
    for (const word of expose?.trim().split(/\s+/u) ?? []) stages.at(-1)?.ports.push(...portsOf(word));
  }
  return stages;
}

/** `8080`, `53/udp`, `7000-7002`. */
function portsOf(word: string): ExposedPort[] {
  const match = /^"?(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp))?"?$/iu.exec(word);
  if (!match) return [];
  const first = Number(match[1]);
  const last = Math.min(Number(match[2] ?? first), first + 99);
  const protocol = match[3]?.toLowerCase() === "udp" ? "udp" : "tcp";
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => ({ port: first + i, protocol }));
}
