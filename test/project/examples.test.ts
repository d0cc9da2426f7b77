/** The examples as Docker would find them: whole contexts, pinned images, no root; the shop with all that it promises. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { readText, root } from "../support/project";

interface ComposeService {
  readonly image?: string;
  readonly build?: string | { readonly context: string; readonly target?: string };
  readonly ports?: readonly string[];
  readonly healthcheck?: { readonly test?: unknown };
  readonly deploy?: { readonly resources?: { readonly limits?: unknown; readonly reservations?: unknown } };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}
interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes?: object;
  readonly secrets?: object;
}

/** Those that are apps. */
const examples = readdirSync(join(root, "examples"))
  .filter((name) => existsSync(join(root, "examples", name, "compose.yaml")))
  .sort();
const compose = (name: string) => parse(readText(`examples/${name}/compose.yaml`), { merge: true }) as Compose;
const shop = compose("shop");

const builds = examples.flatMap((name) =>
  Object.entries(compose(name).services).flatMap(([service, { build }]) => {
    if (build === undefined) return [];
    const { context, target } = typeof build === "string" ? { context: build, target: undefined } : build;
    return [{ title: `${name}: ${service}`, folder: `examples/${name}/${context}`, target }];
  }),
);

/** A version of two numbers at least, with or without a digest: no tag that is another image next month. */
const pinned = /:\d+\.\d+(?:\.\d+)?-[\w.-]+(?:@sha256:[0-9a-f]{64})?$/u;

/** A Dockerfile's stages in order: the name, what it is built from, its instructions. */
function stages(dockerfile: string) {
  const lines = dockerfile.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const result: { name: string; from: string; lines: string[] }[] = [];
  for (const line of lines) {
    const [, from, name] = /^FROM (\S+)(?: AS (\S+))?$/u.exec(line) ?? [];
    if (from !== undefined) result.push({ name: name ?? "", from, lines: [] });
    else result.at(-1)?.lines.push(line);
  }
  return result;
}

describe("the examples", () => {
  for (const { title, folder, target } of builds) {
    describe(title, () => {
      const all = stages(readText(`${folder}/Dockerfile`));
      const named = (name: string) => all.find((stage) => stage.name === name);
      /** The stage, and those that it stands on. */
      const chain = (stage: (typeof all)[number] | undefined): typeof all =>
        stage ? [stage, ...chain(named(stage.from))] : [];
      const [built, ...below] = chain(target === undefined ? all.at(-1) : named(target));
      assert.ok(built);

      it("is built from pinned images", () => {
        const bases = all.map(({ from }) => from).filter((from) => !named(from));
        assert.deepEqual(
          bases.filter((base) => !pinned.test(base)),
          [],
        );
      });

      it("does not run as root", () => {
        const stand = [built, ...below];
        const user = stand.flatMap(({ lines }) => lines).some((line) => /^USER (?!root\b|0\b)/u.test(line));
        const unprivileged = stand.some(({ from }) => from.includes("-unprivileged:"));
        assert.ok(user || unprivileged);
      });

      it("copies what is there", () => {
        const copied = all.flatMap(({ lines }) =>
          lines.filter((line) => /^COPY (?!--from)/u.test(line)).flatMap((line) => line.split(" ").slice(1, -1)),
        );
        assert.notDeepEqual(copied, []);
        assert.deepEqual(
          copied.filter((path) => !existsSync(join(root, folder, path))),
          [],
        );
      });

      it("starts a file that is there", () => {
        const command = built.lines.find((line) => line.startsWith("CMD "));
        const [program, file = "Dockerfile"] = JSON.parse(command?.slice(4) ?? "[]") as string[];
        // an image without a command of its own has its base's
        assert.ok(program === "node" || built.from.startsWith("nginxinc/"));
        assert.ok(statSync(join(root, folder, file)).isFile());
      });
    });
  }

  it("name pinned images", () => {
    const images = examples.flatMap((name) =>
      Object.values(compose(name).services).flatMap(({ image }) => image ?? []),
    );
    assert.notDeepEqual(images, []);
    assert.deepEqual(
      images.filter((image) => !pinned.test(image)),
      [],
    );
  });
});

describe("examples/shop", () => {
  it("has web, api, worker, db and redis, each with a health check and a size", () => {
    assert.deepEqual(Object.keys(shop.services).sort(), ["api", "db", "redis", "web", "worker"]);
    for (const [name, { healthcheck, deploy }] of Object.entries(shop.services)) {
      assert.ok(healthcheck?.test, `${name} has no health check`);
      assert.ok(deploy?.resources?.limits && deploy.resources.reservations, `${name} has no size`);
    }
  });

  it("publishes a port of web alone", () => {
    const open = Object.entries(shop.services).filter(([, { ports = [] }]) => ports.length > 0);
    assert.deepEqual(
      open.map(([name]) => name),
      ["web"],
    );
  });

  it("has one named volume and one secret, and waits for what is healthy", () => {
    assert.equal(Object.keys(shop.volumes ?? {}).length, 1);
    assert.equal(Object.keys(shop.secrets ?? {}).length, 1);
    const conditions = Object.values(shop.services).flatMap((s) =>
      Object.values(s.depends_on ?? {}).map((d) => d.condition),
    );
    assert.deepEqual([...new Set(conditions)], ["service_healthy"]);
  });

  it("has a backend whose lock file has its dependencies' very versions", () => {
    const read = (file: string) => JSON.parse(readText(`examples/shop/backend/${file}`)) as Record<string, unknown>;
    const { dependencies } = read("package.json");
    const { packages } = read("package-lock.json") as {
      packages: Record<string, { version: string; dependencies?: object }>;
    };
    assert.deepEqual(packages[""]?.dependencies, dependencies);
    for (const [name, version] of Object.entries(dependencies as object))
      assert.equal(packages[`node_modules/${name}`]?.version, version);
  });
});
