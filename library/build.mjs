// `npm run build`: what `npm pack` puts into the package, dist/: JavaScript and types of library/ and all that it imports.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { argv, execPath, exit } from "node:process";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const out = resolve(argv[2] ?? join(root, "dist"));

const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
const { status } = spawnSync(execPath, [tsc, "-p", join(root, "tsconfig.library.json"), "--outDir", out], {
  stdio: "inherit",
});
if (status !== 0) exit(status ?? 1);

// programs of AWS Lambda, which are read as they are
const programs = "components/platform/job-runner";
mkdirSync(join(out, programs), { recursive: true });
for (const file of readdirSync(join(root, programs)))
  if (/(?<!\.d)\.mjs$/u.test(file)) copyFileSync(join(root, programs, file), join(out, programs, file));
