import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { App, Mount } from "../../app/model";
import { withProjectFiles } from "../../stacks/project-files";
import { appOf, service } from "../support/app";

describe("files of a project", () => {
  let root: string;
  let directory: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "project-"));
    directory = join(root, "shop");
    mkdirSync(join(directory, "conf/deep"), { recursive: true });
    writeFileSync(join(directory, "conf/a.txt"), "text\n");
    writeFileSync(join(directory, "conf/deep/b.bin"), Buffer.from([0, 255]));
    writeFileSync(join(directory, "run.sh"), "#!/bin/sh\n");
    chmodSync(join(directory, "run.sh"), 0o755);
    symlinkSync("/etc/hostname", join(directory, "conf/link"));
    writeFileSync(join(directory, "big"), "x".repeat(70_000));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const bind = (source: string, index = 0): Mount => ({
    type: "bind",
    source,
    target: "/x",
    readOnly: true,
    subpath: null,
    size: null,
    index,
  });
  const filesOf = (sources: readonly string[], more: Partial<App> = {}) =>
    withProjectFiles(appOf([service("web", { mounts: sources.map(bind) })], { directory, ...more }), () => undefined)
      .files;

  it("are read as text or base64, folders whole, links left alone", () => {
    assert.deepEqual(filesOf([join(directory, "conf"), join(directory, "run.sh")]), {
      [join(directory, "conf/a.txt")]: { content: "text\n", encoding: "utf8", size: 5, executable: false },
      [join(directory, "conf/deep/b.bin")]: { content: "AP8=", encoding: "base64", size: 2, executable: false },
      [join(directory, "run.sh")]: { content: "#!/bin/sh\n", encoding: "utf8", size: 10, executable: true },
    });
  });

  it("are not opened where they are large, missing or the machine's own", () => {
    assert.deepEqual(filesOf([join(directory, "big")]), {
      [join(directory, "big")]: { content: null, encoding: "utf8", size: 70_000, executable: false },
    });
    assert.deepEqual(filesOf([join(directory, "none"), "/etc/hostname"]), {});
  });

  it("bring the values of configs from variables, and the ports of Dockerfiles", () => {
    writeFileSync(join(directory, "Dockerfile"), "FROM scratch\nEXPOSE 8123\n");
    const build = { context: directory, dockerfile: "Dockerfile", dockerfileInline: null, target: null };
    const web = service("web", { build: { ...build } as never });
    const app = appOf([web], { directory, configs: { c: { name: "c", kind: "environment", variable: "V" } } });
    const found = withProjectFiles(app, (name) => `value of ${name}`);
    assert.deepEqual(found.configValues, { c: ["value of V"] });
    assert.deepEqual(found.dockerfilePorts, { web: [{ port: 8123, protocol: "tcp" }] });
  });
});
