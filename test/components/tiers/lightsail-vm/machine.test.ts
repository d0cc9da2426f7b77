/** The program that runs an app on its machine, run here with stand-ins for Docker, systemd, the disks and AWS. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { machineScript } from "../../../../components/tiers/lightsail-vm/script";

const AWS = `
import base64, json
class Client:
    def get_parameters(self, Names, WithDecryption):
        known = [n for n in Names if "gone" not in n]
        return {"InvalidParameters": [n for n in Names if "gone" in n],
                "Parameters": [{"Name": n, "Value": "it's $" + n.split("/")[-1]} for n in known]}
    def get_secret_value(self, SecretId):
        return {"SecretString": json.dumps({"username": "u", "password": "p", "key": "of " + SecretId.split(":")[-1]})}
    def get_authorization_token(self):
        return {"authorizationData": [{"authorizationToken": base64.b64encode(b"AWS:token").decode()}]}
def client(name, **more):
    return Client()
`;
const PARAMETER = "arn:aws:ssm:us-east-1:123456789012:parameter/dev/shop/";

describe("the machine's program", function () {
  this.timeout(30_000);
  let folder = "";
  const at = (...names: string[]) => join(folder, ...names);
  const said = () => readFileSync(at("log"), "utf8").trim().split("\n");

  before(function () {
    if (spawnSync("python3", ["--version"]).error || process.getuid?.() !== 0) this.skip(); // it gives files to others
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "spectrum-machine-"));
    for (const name of ["bin", "home", "etc"]) mkdirSync(at(name));
    writeFileSync(at("boto3.py"), AWS);
    writeFileSync(at("fstab"), "");
    writeFileSync(at("log"), "");
    runs("echo ran");
    command(
      "docker",
      'case "$*" in *" ps "*) cat "$STATE";; *" up "*) env | grep -E "^(SECRET|DIGEST)_" | sort >> "$LOG";; *login*) cat >> "$LOG"; echo >> "$LOG";; *" run "*) . "$RUN";; *"image inspect"*) exit "$GONE";; esac',
    );
    for (const name of ["systemctl", "mount", "mkfs.ext4"]) command(name, "");
    command("wipefs", 'cat "$WIPEFS" 2>/dev/null || true');
    command("lsblk", 'cat "$DISKS"');
    writeFileSync(at("state"), '{"Name":"web","State":"running","Health":"healthy"}\n');
    disks({ path: "/dev/nvme1n1" });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const command = (name: string, script: string) =>
    writeFileSync(at("bin", name), `#!/bin/sh\necho "${name} $*" >> "$LOG"\n${script}\n`, { mode: 0o755 });
  const disks = (...spare: object[]) => {
    const own = { path: "/dev/nvme0n1", type: "disk", children: [{}] };
    const blockdevices = [own, ...spare.map((disk) => ({ type: "disk", mountpoints: [null], ...disk }))];
    writeFileSync(at("disks"), JSON.stringify({ blockdevices }));
  };

  /** What `docker compose run` does. */
  const runs = (script: string) => writeFileSync(at("run.sh"), `${script}\n`);
  const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64");
  const job = { image: "migrate:1", timeout: 60, retries: 0, exclusive: true, log: "/spectrum/dev/shop/migrate" };

  function run(verb: "deploy" | "boot" | "run", app: object = {}, words: readonly string[] = [], gone = false) {
    const script = machineScript
      .replaceAll("/etc/systemd/system", at("etc"))
      .replaceAll("/run/spectrum/docker", at("docker"))
      .replaceAll("/etc/fstab", at("fstab"))
      .replaceAll("/run/lock", folder)
      .replaceAll("time.sleep(10)", "time.sleep(0.01)")
      .replace('"/mnt/spectrum"', JSON.stringify(at("disk")))
      .replaceAll("time.sleep(5)", "time.sleep(0.01)")
      .replace("seconds=120", "seconds=0.1")
      .replace("max(30, ", "max(0.1, ");
    const name = verb === "deploy" ? "next" : "machine";
    writeFileSync(at("home", `${name}.py`), script);
    const all = {
      compose: "services: {}",
      deployJobs: [],
      digests: {},
      disk: false,
      files: [],
      folders: [],
      images: [],
      jobs: {},
      name: "shop",
      region: "us-east-1",
      registries: {},
      secretFiles: [],
      timeToFail: 0,
      unit: "[Unit]",
      variables: {},
      ...app,
    };
    writeFileSync(at("home", verb === "deploy" ? "next.json" : "app.json"), JSON.stringify(all));
    const env = {
      PATH: `${at("bin")}:${process.env.PATH ?? ""}`,
      PYTHONPATH: folder,
      LOG: at("log"),
      STATE: at("state"),
      DISKS: at("disks"),
      WIPEFS: at("wipefs"),
      RUN: at("run.sh"),
      AT: at("home"),
      GONE: gone ? "1" : "0",
    };
    return spawnSync("python3", [at("home", `${name}.py`), verb, ...words], { env, encoding: "utf8" });
  }

  it("logs in, pulls, starts, and waits until all is healthy", () => {
    const images = ["123456789012.dkr.ecr.eu-west-1.amazonaws.com/a@sha256:1", "nginx"];
    const { status, stderr } = run("deploy", {
      images,
      registries: { "ghcr.io": "arn:aws:secretsmanager:x:1:secret:g" },
    });
    assert.equal(status, 0, stderr);
    const steps = said().map((line) => line.replace(/--project-directory \S+ -f \S+ /u, ""));
    const order = [
      "docker compose pull",
      "systemctl daemon-reload",
      "systemctl enable --quiet spectrum-shop",
      "docker compose up",
      "docker compose ps",
    ];
    const places = order.map((step) => steps.findIndex((line) => line.startsWith(step)));
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
    );
    assert.ok(!places.includes(-1), steps.join("\n"));
    assert.ok(steps.some((line) => line.endsWith("--password-stdin 123456789012.dkr.ecr.eu-west-1.amazonaws.com")));
    assert.ok(steps.some((line) => line.endsWith("--username u --password-stdin ghcr.io")));
    assert.equal(readFileSync(at("etc", "spectrum-shop.service"), "utf8"), "[Unit]");
    for (const name of ["machine.py", "app.json", "compose.yaml"]) assert.ok(existsSync(at("home", name)), name);
    assert.ok(!existsSync(at("home", "next.json")));
  });

  const docker = (verb: string) =>
    said()
      .filter((line) => line.startsWith("docker compose") && line.includes(` ${verb} `))
      .map((line) => line.replace(/^docker compose --project-directory \S+ -f \S+\/(?=\S+\.yaml)/u, ""));

  it("runs the jobs before a version with what they depend on, in order, and starts it only when all have ended well", () => {
    const app = {
      jobs: { migrate: { ...job, retries: 1 }, seed: job },
      deployJobs: ["migrate", "seed"],
      variables: { SECRET_A: `${PARAMETER}A` },
    };
    // the first run of the first one fails
    runs('echo "secret $SECRET_A"; [ -f "$RUN.once" ] || { touch "$RUN.once"; exit 3; }');
    writeFileSync(at("state"), '{"Service":"seed","Name":"seed-run","State":"exited","ExitCode":9}\n');
    const { status, stdout, stderr } = run("deploy", app);
    assert.equal(status, 0, stderr);
    const ran = docker("run").map((line) => line.replace(/shop-(\w+)-run-[0-9a-f]{8}/u, "NAME"));
    assert.deepEqual(ran, [
      "next.yaml run --rm -T --name NAME migrate",
      "next.yaml run --rm -T --name NAME migrate",
      "next.yaml run --rm -T --name NAME seed",
    ]);
    assert.deepEqual(docker("pull"), ["next.yaml --profile jobs pull --quiet --ignore-buildable"]);
    assert.deepEqual(docker("up"), ["compose.yaml up --detach --remove-orphans"]);
    assert.ok(
      said().findIndex((line) => line.includes(" up ")) > said().findLastIndex((line) => line.includes(" run ")),
    );
    assert.match(
      stdout,
      /secret it's \$A\nmigrate ended with exit code 3\nsecret it's \$A\nmigrate ended with exit code 0/u,
    );
  });

  it("goes on with what runs, at the next boot too, when a job before a version fails", () => {
    const file = (content: string) => [
      { path: "files/conf", content, encoding: "utf8", mode: 0o644, uid: null, gid: null },
    ];
    assert.equal(run("deploy", { compose: "old", files: file("old") }).status, 0);
    writeFileSync(at("log"), "");
    runs('cat "$AT/files/conf"; echo; exit 4');
    const app = { compose: "new", files: file("new"), jobs: { migrate: job }, deployJobs: ["migrate"] };
    const { status, stdout } = run("deploy", app);
    assert.equal(status, 4, "the job's exit code");
    assert.match(stdout, /^new\nmigrate ended with exit code 4$/mu);
    assert.match(
      stdout,
      /the new version is not started, for the job migrate has failed; its log: \/spectrum\/dev\/shop\/migrate/u,
    );
    assert.deepEqual(docker("up"), []);
    assert.equal(readFileSync(at("home/compose.yaml"), "utf8"), "old");
    assert.equal(readFileSync(at("home/files/conf"), "utf8"), "old");
    assert.equal((JSON.parse(readFileSync(at("home/app.json"), "utf8")) as { compose: string }).compose, "old");
  });

  it("runs a job by name with another command and environment, of which nothing is a shell's, and leaves files as they are", () => {
    const secretFiles = [
      { path: at("home/secrets/key"), mode: 0o440, uid: null, gid: null, secret: `${PARAMETER}key` },
    ];
    const app = { jobs: { migrate: job }, secretFiles };
    writeFileSync(at("etc/args"), "");
    runs('shift 6; printf "<%s>" "$@"; exit 7');
    const words = ["migrate", base64(["a b", "$(id)", "'"]), base64({ A: 'x;"y"' })];
    const { status, stdout, stderr } = run("run", app, words);
    assert.equal(status, 7, stderr);
    assert.match(
      stdout,
      /^<--rm><-T><--name><shop-migrate-run-[0-9a-f]{8}><--no-deps><--env><A=x;"y"><migrate><a b><\$\(id\)><'>/u,
    );
    assert.ok(!existsSync(at("home/secrets/key")));
    assert.ok(!said().some((line) => / pull | up |login/u.test(line)), "the image is there");
    runs("exit 0");
    assert.equal(run("run", app, ["migrate", base64([]), base64({})], true).status, 0);
    assert.deepEqual(docker("pull"), ["compose.yaml pull --quiet migrate"]);
    assert.match(run("run", app, ["migrate", base64({}), base64({})]).stderr, /got \{\} where a JSON array is wanted/u);
  });

  it("stops a job when its time is up, and shows its last lines alone", () => {
    runs("for i in $(seq 1 200); do echo line $i; done; exec sleep 20");
    const app = { jobs: { migrate: { ...job, timeout: 2 } } };
    const { status, stdout } = run("run", app, ["migrate", base64([]), base64({})]);
    assert.equal(status, 124);
    assert.match(stdout, /^stopped after 2 s\nline 151\n[^]*line 200\nmigrate ended with exit code 124\n$/u);
    assert.ok(said().some((line) => line.startsWith("docker stop -t 10 shop-migrate-run-")));
  });

  it("starts no second run of a job while one goes on, unless it may", () => {
    runs(
      `[ -f "$RUN.lock" ] || { touch "$RUN.lock"; python3 "$AT/machine.py" run migrate ${base64([])} ${base64({})}; echo "inner $?"; }`,
    );
    const one = (exclusive: boolean) => {
      rmSync(at("run.sh.lock"), { force: true });
      return run("run", { jobs: { migrate: { ...job, exclusive } } }, ["migrate", base64([]), base64({})]).stdout;
    };
    assert.match(one(true), /an earlier run goes on, so this one does not start\ninner 75\n/u);
    assert.match(one(false), /migrate ended with exit code 0\ninner 0\n/u);
  });

  it("fetches secrets into variables and files, and tells their digest", () => {
    const secretFiles = [{ path: at("home/secrets/key"), mode: 0o440, uid: "7", gid: "8", secret: `${PARAMETER}key` }];
    const variables = { SECRET_A: `${PARAMETER}A`, SECRET_B: "arn:aws:secretsmanager:x:1:secret:name-abc:key::" };
    const { status, stderr } = run("boot", {
      secretFiles,
      variables,
      digests: { DIGEST_web: [at("home/secrets/key")] },
    });
    assert.equal(status, 0, stderr);
    assert.equal(readFileSync(at("home/secrets/key"), "utf8"), "it's $key");
    const { mode, uid, gid } = statSync(at("home/secrets/key"));
    assert.deepEqual([mode & 0o777, uid, gid], [0o440, 7, 8]);
    const lines = said();
    assert.ok(lines.includes("SECRET_A=it's $A"));
    assert.ok(lines.includes("SECRET_B=of name-abc"));
    assert.ok(lines.some((line) => /^DIGEST_web=[0-9a-f]{16}$/u.test(line)));
    assert.ok(!lines.some((line) => line.includes(" pull ")), "a boot pulls nothing");
  });

  it("fails where a secret is missing, and where a container does not get healthy", () => {
    assert.match(run("boot", { variables: { SECRET_A: `${PARAMETER}gone` } }).stderr, /no such parameters/u);
    for (const state of [
      '{"Name":"a","State":"running","Health":"unhealthy"}',
      '{"Name":"a","State":"exited","ExitCode":1}',
    ]) {
      writeFileSync(at("state"), `${state}\n`);
      const { status, stderr } = run("deploy");
      assert.notEqual(status, 0, state);
      assert.match(stderr, /not healthy/u);
    }
    writeFileSync(at("state"), '{"Name":"a","State":"exited","ExitCode":0}\n');
    assert.equal(run("deploy").status, 0, "a program that ended well");
  });

  it("formats an empty disk, once, and never one with something on it", () => {
    const formatted = () => said().filter((line) => line.startsWith("mkfs"));
    assert.equal(run("boot", { disk: true }).status, 0);
    assert.deepEqual(formatted(), ["mkfs.ext4 -q -L spectrum /dev/nvme1n1"]);
    assert.match(readFileSync(at("fstab"), "utf8"), /^LABEL=spectrum \S+ ext4 noatime,nofail/u);
    assert.match(readFileSync(at("etc/docker.service.d/disk.conf"), "utf8"), /RequiresMountsFor=/u);
    disks({ path: "/dev/nvme1n1", label: "spectrum", fstype: "ext4" });
    assert.equal(run("boot", { disk: true }).status, 0);
    assert.equal(formatted().length, 1);
    assert.equal(readFileSync(at("fstab"), "utf8").trim().split("\n").length, 1, "one line, however often");

    for (const found of [[{ path: "/dev/x", fstype: "xfs" }], [{ path: "/dev/x" }, { path: "/dev/y" }], []]) {
      disks(...found);
      assert.match(run("boot", { disk: true }).stderr, /\d disks could be the app's/u);
    }
    disks({ path: "/dev/x" });
    writeFileSync(at("wipefs"), "ext4\n");
    assert.match(run("boot", { disk: true }).stderr, /holds something/u);
    assert.equal(formatted().length, 1);
  });
});
