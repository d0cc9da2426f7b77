/**
 * `npm run record`: previews each case by the real engine and writes what it registered to test/recorded. Needs the Pulumi
 * CLI and its component providers on PATH. Names on the command line record those cases alone.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { CASES, SECRET_VALUE } from "./cases";
import { EngineStack, findTools } from "./engine";
import { previewResources } from "./engine-resources";
import type { Recording } from "./recording";
import { lockedVersions, RECORDED, recordingText } from "./recording";
import { Cloud } from "./stand-in/cloud";

async function main(names: readonly string[]): Promise<void> {
  const tools = findTools();
  if (!tools) throw new Error("pulumi, pulumi-resource-awsx and pulumi-resource-eks are not all on PATH");
  mkdirSync(RECORDED, { recursive: true });
  for (const file of readdirSync(RECORDED))
    if (!CASES.some(({ name }) => file === `${name}.json`)) rmSync(join(RECORDED, file));
  for (const recorded of CASES.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const stack = await EngineStack.open(tools, new Cloud(), recorded);
    try {
      const resources = previewResources(await stack.preview(), stack.constructs());
      const recording: Recording = { versions: lockedVersions(), resources };
      const text = recordingText(recording);
      if (text.includes(SECRET_VALUE) || text.includes(stack.folder))
        throw new Error(`the recording of ${recorded.name} holds a secret or a path of this machine`);
      writeFileSync(join(RECORDED, `${recorded.name}.json`), text);
      console.log(`${recorded.name}: ${resources.length} resources`);
    } finally {
      stack.close();
    }
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
