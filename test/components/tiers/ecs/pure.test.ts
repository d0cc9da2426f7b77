import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ecsCapabilities, missingCapabilities } from "../../../../components/tiers/ecs/capabilities";
import {
  circuitBreaker,
  rollingRange,
  shiftConfiguration,
  waitingSeconds,
} from "../../../../components/tiers/ecs/deployments";
import { filesScript } from "../../../../components/tiers/ecs/files";
import { ecsHealthCheck } from "../../../../components/tiers/ecs/health";
import type { FolderMount, TaskFile } from "../../../../components/tiers/ecs/mounts";
import { isProjectPath, taskMounts, volumeOwner } from "../../../../components/tiers/ecs/mounts";
import { goSeconds, restartPolicy } from "../../../../components/tiers/ecs/restart";
import { ecsTasks } from "../../../../components/tiers/ecs/tasks";
import { capacityStrategy } from "../../../../components/tiers/fargate/capacity";
import { fargateTier } from "../../../../components/tiers/fargate/fargate-tier";
import { appOf, placementOf, service } from "../../../support/app";

describe("capabilities", () => {
  const { addable } = fargateTier.containers.capabilities;
  const of = (capAdd: string[], capDrop: string[] = []) =>
    ecsCapabilities(service("web", { capAdd, capDrop }), addable);

  it("adds SYS_PTRACE alone and drops what is said", () => {
    assert.deepEqual(of(["CAP_SYS_PTRACE"], ["net_raw", "CAP_MKNOD"]), {
      capabilities: { add: ["SYS_PTRACE"], drop: ["MKNOD", "NET_RAW"] },
    });
    assert.deepEqual(of([]), {});
    assert.deepEqual(of([], ["ALL"]), { capabilities: { drop: ["ALL"] } });
    assert.deepEqual(missingCapabilities(service("web", { capAdd: ["NET_ADMIN", "CHOWN", "SYS_PTRACE"] }), addable), [
      "NET_ADMIN",
    ]);
  });

  it("keeps a default right under `cap_drop: [ALL]` by dropping the others one by one", () => {
    const { capabilities } = of(["NET_BIND_SERVICE"], ["ALL"]);
    assert.equal(capabilities?.add, undefined);
    assert.equal(capabilities?.drop?.includes("ALL"), false);
    assert.equal(capabilities?.drop?.includes("NET_BIND_SERVICE"), false);
    assert.equal(capabilities?.drop?.length, 13);
  });
});

describe("health check", () => {
  const none = {
    test: ["CMD", "x"],
    disabled: false,
    interval: null,
    timeout: null,
    retries: null,
    startPeriod: null,
    startInterval: null,
  };

  it("takes Docker's defaults, not ECS's", () => {
    assert.deepEqual(ecsHealthCheck(none), { command: ["CMD", "x"], interval: 30, timeout: 30, retries: 3 });
  });

  it("stays within ECS's limits", () => {
    const out = { ...none, interval: 1, timeout: 0.5, retries: 99, startPeriod: 1000 };
    assert.deepEqual(ecsHealthCheck(out), {
      command: ["CMD", "x"],
      interval: 5,
      timeout: 2,
      retries: 10,
      startPeriod: 300,
    });
  });

  it("has none where there is none, it is off, or only the image knows it", () => {
    assert.equal(ecsHealthCheck(null), null);
    assert.equal(ecsHealthCheck({ ...none, disabled: true }), null);
    assert.equal(ecsHealthCheck({ ...none, test: null }), null);
  });
});

describe("restart", () => {
  it("follows deploy.restart_policy, then restart", () => {
    assert.equal(restartPolicy(service("a")), null);
    assert.equal(restartPolicy(service("a", { restart: "no" })), null);
    assert.deepEqual(restartPolicy(service("a", { restart: "unless-stopped" })), { enabled: true });
    assert.deepEqual(restartPolicy(service("a", { restart: "on-failure" })), { enabled: true, ignoredExitCodes: [0] });
    const deploy = { restart_policy: { condition: "on-failure", window: "2m0s" } };
    assert.deepEqual(restartPolicy(service("a", { restart: "always", deploy })), {
      enabled: true,
      ignoredExitCodes: [0],
      restartAttemptPeriod: 120,
    });
    assert.equal(
      restartPolicy(service("a", { restart: "always", deploy: { restart_policy: { condition: "none" } } })),
      null,
    );
  });

  it("reads Go's durations", () => {
    assert.deepEqual(["1h2m3s", "500ms", "1.5s", "x", ""].map(goSeconds), [3723, 0.5, 1.5, null, null]);
  });
});

describe("update of a service", () => {
  const rangeOf = (deploy: Record<string, unknown>, replicas = 4, volume = false) => {
    const mounts = [
      { type: "volume", source: "data", target: "/d", readOnly: false, subpath: null, size: null, index: 0 } as const,
    ];
    const app = appOf([service("web", { deploy, replicas, ...(volume && { mounts }) })]);
    const [task] = ecsTasks(app);
    assert.ok(task);
    const { minimumHealthyPercent, maximumPercent } = rollingRange(app, placementOf(app), task);
    return [minimumHealthyPercent, maximumPercent];
  };

  it("starts all new tasks first without a word, and one writer after the old one", () => {
    assert.deepEqual(rangeOf({}), [100, 200]);
    assert.deepEqual(rangeOf({}, 1, true), [0, 100]);
  });

  it("goes by parallelism and order", () => {
    assert.deepEqual(rangeOf({ update_config: { parallelism: 1, order: "stop-first" } }), [75, 100]);
    assert.deepEqual(rangeOf({ update_config: { parallelism: 2, order: "start-first" } }), [100, 150]);
    assert.deepEqual(rangeOf({ update_config: { parallelism: 0, order: "stop-first" } }), [0, 100]);
    assert.deepEqual(rangeOf({ update_config: { order: "stop-first" } }, 1), [0, 100]);
  });

  it("goes back unless failure_action says otherwise", () => {
    const of = (action?: string) =>
      circuitBreaker(service("a", { deploy: { update_config: { failure_action: action } } }));
    assert.deepEqual(circuitBreaker(service("a")), { enable: true, rollback: true });
    assert.deepEqual(
      [of("rollback"), of("pause"), of("continue")],
      [
        { enable: true, rollback: true },
        { enable: true, rollback: false },
        { enable: false, rollback: false },
      ],
    );
  });

  it("waits as long as the steps take", () => {
    const linear = { strategy: "linear", bakeMinutes: 5, stepPercent: 30, stepBakeMinutes: 2 } as const;
    assert.equal(waitingSeconds({ strategy: "rolling" }), 0);
    assert.equal(waitingSeconds(linear), (5 + 4 * 2) * 60);
    assert.deepEqual(shiftConfiguration(linear), {
      strategy: "LINEAR",
      bakeTimeInMinutes: "5",
      linearConfiguration: { stepPercent: 30, stepBakeTimeInMinutes: "2" },
    });
  });
});

describe("capacity", () => {
  it("shares tasks out between Fargate and Spot by weight", () => {
    assert.deepEqual(capacityStrategy({ spot: 0, base: 0, exec: false }, false), [
      { capacityProvider: "FARGATE", weight: 1 },
    ]);
    assert.deepEqual(capacityStrategy({ spot: 70, base: 1, exec: false }, false), [
      { capacityProvider: "FARGATE", weight: 30, base: 1 },
      { capacityProvider: "FARGATE_SPOT", weight: 70 },
    ]);
    assert.deepEqual(capacityStrategy({ spot: 100, base: 0, exec: false }, false), [
      { capacityProvider: "FARGATE_SPOT", weight: 100 },
    ]);
    assert.deepEqual(capacityStrategy({ spot: 100, base: 0, exec: false }, true), [
      { capacityProvider: "FARGATE", weight: 1 },
    ]);
  });
});

describe("files of a task", () => {
  const folder: FolderMount = { service: "web", target: "/etc/app", readOnly: false, kind: { files: { copy: true } } };
  const scratch: FolderMount = {
    service: "web",
    target: "/tmp/x",
    readOnly: false,
    kind: { scratch: { shared: null, mode: 0o1777 } },
  };
  const file = (target: string, content: TaskFile["content"], mode = 0o444): TaskFile => ({
    service: "web",
    target,
    content,
    mode,
    uid: null,
    gid: null,
  });

  it("are written by the script byte for byte, with their modes", () => {
    const root = mkdtempSync(join(tmpdir(), "files-"));
    try {
      const text = 'it\'s "a" $HOME `x` \\n\n\n';
      const binary = Buffer.from([0, 255, 10, 13, 0]);
      const files = [
        file("/etc/app/a b/it's.conf", { value: [text], encoding: "utf8" }, 0o400),
        file("/etc/app/bin", { value: [binary.toString("base64")], encoding: "base64" }, 0o555),
      ];
      const script = filesScript([folder, scratch], files).replaceAll("/spectrum/", `${root}/`);
      execFileSync("mkdir", ["-p", join(root, "0"), join(root, "1")]);
      execFileSync("sh", ["-c", script], {
        env: { PATH: process.env.PATH, FILE_0: text, FILE_1: binary.toString("base64") },
      });
      assert.equal(readFileSync(join(root, "0/a b/it's.conf"), "utf8"), text);
      assert.deepEqual(readFileSync(join(root, "0/bin")), binary);
      assert.equal(statSync(join(root, "0/a b/it's.conf")).mode & 0o777, 0o400);
      assert.equal(statSync(join(root, "0/bin")).mode & 0o777, 0o555);
      assert.equal(statSync(join(root, "1")).mode & 0o7777, 0o1777);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it("stand in a folder of their own, into which the image's are copied; /run/secrets has none", () => {
    const grant = { uid: null, gid: null, mode: null, index: 0 };
    const app = appOf(
      [
        service("web", {
          secrets: [{ ...grant, source: "key", target: "/run/secrets/key" }],
          configs: [{ ...grant, source: "conf", target: "/etc/app/app.conf" }],
        }),
      ],
      {
        secrets: { key: { name: "key", kind: "environment", variable: "KEY" } },
        configs: { conf: { name: "conf", kind: "content", content: ["x"] } },
      },
    );
    const [task] = ecsTasks(app);
    assert.ok(task);
    const { folders, files } = taskMounts(app, task, fargateTier.containers.mounts);
    assert.deepEqual(
      folders.map(({ target, readOnly, kind }) => [target, readOnly, kind]),
      [
        ["/etc/app", false, { files: { copy: true } }],
        ["/run/secrets", true, { files: { copy: false } }],
      ],
    );
    assert.deepEqual(
      files.map(({ target }) => target),
      ["/etc/app/app.conf", "/run/secrets/key"],
    );
  });
});

describe("mounts", () => {
  it("tells the project's files from the machine's", () => {
    const of = (path: string) => isProjectPath("/data/team/shop", path);
    assert.deepEqual(["/data/team/shop/a", "/data/team/conf/a", "/etc/localtime", "/data/other/a", "~/a"].map(of), [
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it("forces a user on a volume only where all who mount it name one in numbers", () => {
    const mounts = [
      { type: "volume", source: "data", target: "/d", readOnly: false, subpath: null, size: null, index: 0 } as const,
    ];
    const of = (...users: (string | null)[]) =>
      volumeOwner(appOf(users.map((user, i) => service(`s${i}`, { user, mounts }))), "data");
    assert.deepEqual(of("1000:2000"), { uid: 1000, gid: 2000 });
    assert.deepEqual(of("1000"), { uid: 1000, gid: 1000 });
    assert.equal(of("node"), null);
    assert.equal(of("1000", null), null);
    assert.equal(of(null), null);
  });
});
