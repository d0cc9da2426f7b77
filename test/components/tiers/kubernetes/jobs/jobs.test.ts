import assert from "node:assert/strict";
import { tiers } from "../../../../../components/tiers";
import type { HostedApp, JobTarget } from "../../../../../components/tiers/tier";
import { type Input, onTier } from "../../../../support/on-tier";
import { type Recorded, recordResources } from "../../../../support/record";

const on = { eks: onTier(tiers.eks), "eks-fargate": onTier(tiers["eks-fargate"]) };

/** What an app's component gives to whoever runs its jobs. */
async function targetsOf(tier: keyof typeof on, input: Input): Promise<Readonly<Record<string, JobTarget>>> {
  let jobs: HostedApp["jobs"];
  const watched = onTier({ ...tiers[tier], host: (...args) => watch(tiers[tier].host(...args)) });
  const watch = (app: HostedApp) => {
    ({ jobs } = app);
    return app;
  };
  await recordResources(() => {
    watched.host(input);
    return {};
  });
  return jobs ?? {};
}

const compose = `services:
  db: { image: "postgres:17", volumes: ["data:/data"] }
  migrate:
    image: ghcr.io/a/app:1
    command: [migrate]
    environment: { DATABASE_URL: "postgres://db:5432/app", TOKEN: "\${KEY}" }
    stop_grace_period: 30s
    x-spectrum: { job: { on: deploy, retries: 2, timeout: 5m }, policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] }
  report:
    image: ghcr.io/a/report:1
    user: "5:6"
    volumes: ["data:/data:ro"]
    depends_on: [api]
    x-spectrum: { job: { on: once, timeout: 1h, concurrency: allow }, size: { cpu: 1, memory: 1g } }
  nightly:
    image: ghcr.io/a/report:1
    labels: { team: shop }
    x-spectrum:
      job: { at: "cron(0 3 ? * MON-FRI *)", timezone: Europe/Berlin, windowMinutes: 15, retries: 1, concurrency: allow }
  api:
    image: ghcr.io/a/app:1
    expose: ["3000"]
    environment: { DATABASE_URL: "postgres://db:5432/app" }
  web: { image: ghcr.io/a/web:1, ports: ["80:80"], environment: { API_URL: "http://api:3000" } }
volumes: { data: {} }
`;
const input = (more: Partial<Input> = {}): Input => ({ compose, secrets: ["KEY"], ...more });

const CRON_JOB = "kubernetes:batch/v1:CronJob";
const JOB = "kubernetes:batch/v1:Job";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";

interface Template {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly Readonly<Record<string, unknown>>[];
    readonly initContainers?: readonly Readonly<Record<string, unknown>>[];
  };
}
interface JobSpec {
  readonly template: Template;
}
const jobSpec = (made: Recorded, name: string) => made.one(JOB, name).inputs.spec as unknown as JobSpec;
const cronSpec = (made: Recorded, name: string) =>
  made.one(CRON_JOB, name).inputs.spec as unknown as { readonly jobTemplate: { readonly spec: JobSpec } };
/** By type and name: what a resource waits for. */
const waits = (made: Recorded, type: string, name: string) =>
  made.one(type, name).dependencies.map((urn) => urn.slice(urn.lastIndexOf("$") + 1));

for (const tier of ["eks", "eks-fargate"] as const) {
  describe(`jobs on ${tier}`, () => {
    const namespace = tier === "eks" ? "shop-eks" : "shop-fargate";
    const stays = tier === "eks" ? { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" } : {};
    const node =
      tier === "eks"
        ? { nodeSelector: { "eks.amazonaws.com/capacityType": "ON_DEMAND", "kubernetes.io/arch": "amd64" } }
        : {};
    const labels = (name: string) => ({ "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "shop" });
    const kept = tier === "eks" ? 1_209_600 : 3600;
    let made: Recorded;
    let targets: Readonly<Record<string, JobTarget>>;

    before(async () => {
      made = await on[tier].record(input());
      targets = await targetsOf(tier, { compose: compose.replace("\\${KEY}", "") });
    });

    it("are CronJobs, suspended where they are run by hand, and no Deployments", () => {
      const { inputs, parent } = made.one(CRON_JOB, "shop-report");
      assert.match(parent ?? "", /spectrum:tier:Workload::shop-report$/u);
      const claim = made.one("kubernetes:core/v1:PersistentVolumeClaim", "shop-report-data");
      const cpu = "1000m";
      assert.deepEqual(inputs, {
        apiVersion: "batch/v1",
        kind: "CronJob",
        metadata: { namespace, name: "report", labels: labels("report") },
        spec: {
          schedule: "0 0 1 1 *",
          suspend: true,
          concurrencyPolicy: "Allow",
          successfulJobsHistoryLimit: 3,
          failedJobsHistoryLimit: 10,
          jobTemplate: {
            metadata: { labels: labels("report") },
            spec: {
              backoffLimit: 0,
              activeDeadlineSeconds: 3600,
              ttlSecondsAfterFinished: kept,
              template: {
                metadata: { labels: labels("report"), ...(tier === "eks" && { annotations: stays }) },
                spec: {
                  restartPolicy: "Never",
                  serviceAccountName: "report",
                  automountServiceAccountToken: false,
                  enableServiceLinks: false,
                  ...node,
                  terminationGracePeriodSeconds: 10,
                  securityContext: { seccompProfile: { type: "RuntimeDefault" } },
                  containers: [
                    {
                      name: "report",
                      image: "ghcr.io/a/report:1",
                      terminationMessagePolicy: "FallbackToLogsOnError",
                      resources: { requests: { cpu, memory: "1024Mi" }, limits: { cpu, memory: "1024Mi" } },
                      securityContext: { runAsUser: 5, runAsGroup: 6 },
                      volumeMounts: [{ name: "volume-data-3a6eb0", mountPath: "/data", readOnly: true }],
                    },
                  ],
                  volumes: [
                    {
                      name: "volume-data-3a6eb0",
                      persistentVolumeClaim: { claimName: made.output(claim, "metadata.name") },
                    },
                  ],
                },
              },
            },
          },
        },
      });
      const names = (type: string) => made.all(type).map(({ name }) => name);
      assert.deepEqual([...names(DEPLOYMENT)].sort(), ["shop-api", "shop-db", "shop-web"]);
      assert.deepEqual([...names(CRON_JOB)].sort(), ["shop-migrate", "shop-nightly", "shop-report"]);
      assert.deepEqual(names(JOB), ["shop-migrate"]);
      assert.ok(!names("kubernetes:core/v1:Service").some((name) => /migrate|report|nightly/u.test(name)));
    });

    it("have the rights, the group of logs and the callers' rules of a service", () => {
      assert.equal(
        made.one("kubernetes:core/v1:ServiceAccount", "shop-migrate").inputs.automountServiceAccountToken,
        false,
      );
      const attached = made.one("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "shop-migrate-pod-ReadOnlyAccess");
      assert.equal(attached.inputs.policyArn, "arn:aws:iam::aws:policy/ReadOnlyAccess");
      assert.equal(
        made.one("aws:cloudwatch/logGroup:LogGroup", "shop-report").inputs.name,
        "/spectrum/dev/shop/report",
      );
      assert.match(
        JSON.stringify(made.resources),
        /_shop-(?:eks|fargate)_report-\[0-9a-f\]/u,
        "the log router knows it",
      );
      const policy = (name: string) => made.one("kubernetes:networking.k8s.io/v1:NetworkPolicy", name).inputs.spec;
      assert.deepEqual(policy("shop-migrate"), {
        podSelector: { matchLabels: { "app.kubernetes.io/name": "migrate" } },
        policyTypes: ["Ingress"],
        ingress: [],
      });
      const callers = JSON.stringify(policy("shop-db")).matchAll(/"from":.*?"ports"/gu);
      const names = [...callers].flatMap(([from]) => [...from.matchAll(/name":"([a-z]+)"/gu)].map(([, name]) => name));
      assert.deepEqual(names.sort(), ["api", "migrate", "nightly", "report", "web"]);
    });

    it("run with each deployment as a Job that who waits for it waits for", () => {
      const { inputs, options, parent } = made.one(JOB, "shop-migrate");
      const { metadata, spec } = inputs as unknown as { metadata: object; spec: JobSpec & Record<string, unknown> };
      assert.match(parent ?? "", /spectrum:tier:Workload::shop-migrate$/u);
      assert.deepEqual(metadata, {
        namespace,
        labels: labels("migrate"),
        annotations: { "pulumi.com/replaceUnready": "true" },
      });
      const { template, ...limits } = spec;
      assert.deepEqual(limits, {
        backoffLimit: 2,
        activeDeadlineSeconds: 300,
        // on Fargate a machine is paid for as long as its pod is there
        ...(tier === "eks-fargate" && { ttlSecondsAfterFinished: 3600 }),
      });
      const { annotations } = template.metadata;
      assert.match(annotations["spectrum/version"] ?? "", /^[0-9a-f]{16}$/u);
      const byHand = cronSpec(made, "shop-migrate").jobTemplate.spec.template;
      assert.deepEqual(template.spec, byHand.spec, "run by hand it is the same");
      assert.deepEqual(options?.customTimeouts, { create: "390s", update: "390s" });
      assert.equal(byHand.metadata.annotations?.["spectrum/version"], undefined);
    });

    it("are made after what they call, and before who waits for them", () => {
      const job = `${JOB}::shop-migrate`;
      assert.ok(waits(made, JOB, "shop-migrate").includes(`${DEPLOYMENT}::shop-db`), "it calls the database");
      assert.ok(waits(made, DEPLOYMENT, "shop-api").includes(job));
      assert.ok(waits(made, DEPLOYMENT, "shop-web").includes(job));
      assert.ok(!waits(made, DEPLOYMENT, "shop-db").includes(job));
      assert.ok(waits(made, CRON_JOB, "shop-report").includes(`${DEPLOYMENT}::shop-api`));
      for (const name of ["shop-api", "shop-web", "shop-db"])
        assert.ok(!waits(made, DEPLOYMENT, name).some((urn) => urn.includes("CronJob")), name);
    });

    it("by a schedule are CronJobs by Kubernetes' own clock", () => {
      const { jobTemplate, ...times } = cronSpec(made, "shop-nightly");
      assert.deepEqual(times, {
        schedule: "0 3 * * 1-5",
        timeZone: "Europe/Berlin",
        suspend: false,
        concurrencyPolicy: "Allow",
        startingDeadlineSeconds: 900,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 10,
      });
      const { template, ...limits } = jobTemplate.spec;
      assert.deepEqual(limits, { backoffLimit: 1, activeDeadlineSeconds: 900, ttlSecondsAfterFinished: kept });
      assert.deepEqual(template.metadata.annotations, { team: "shop", ...stays });
    });

    it("are named to who runs them: the command, and the target of a workflow", () => {
      const target = ({ clusterName: _, ...rest }: Extract<JobTarget, { cronJob: string }>) => rest;
      assert.deepEqual(Object.keys(targets).sort(), ["migrate", "nightly", "report"]);
      assert.ok(targets.report && "cronJob" in targets.report);
      assert.deepEqual(target(targets.report), { tier, namespace, cronJob: "report", container: "report" });
      assert.equal(
        (made.outputs.apps as { shop: { outputs: Record<string, unknown> } }).shop.outputs["run-report"],
        `kubectl --namespace ${namespace} create job --from=cronjob/report report-$(date +%s)`,
      );
    });

    it("say what Kubernetes keeps of them", () => {
      const said = (service: string, key: string) => on[tier].said(input(), service, key).join();
      assert.match(
        said("migrate", "job"),
        /^kept: a Job that each new version runs before api, web and Pulumi waits for/u,
      );
      assert.match(said("report", "job"), /^kept: run by hand.*run-report/u);
      assert.match(said("nightly", "job"), /^kept: run by a CronJob at cron\(0 3 \? \* MON-FRI \*\)$/u);
      assert.match(said("migrate", "job.timeout"), /^changed: of all 3 tries together/u);
      assert.equal(said("report", "job.timeout"), "");
      assert.match(said("nightly", "job.windowMinutes"), /^changed: it starts at its time.* within 15 minutes$/u);
      assert.match(said("nightly", "job.retries"), tier === "eks" ? /the last 10 for 14 days$/u : /for an hour$/u);
      assert.equal(said("report", "job.retries"), "");
      assert.equal(said("nightly", "job.at"), "");
      assert.match(said("report", "depends_on.api.condition"), /^changed: made after .* a run does not wait$/u);
    });
  });
}

describe("a job on EKS", () => {
  const service = (lines: string) => `services:
  job:
    image: ghcr.io/a/job:1
${lines}
  api: { image: ghcr.io/a/app:1, expose: ["3000"] }
`;
  const once = (lines = "", job = "once") => service(`    x-spectrum: { job: ${job} }\n${lines}`);
  const refusals = (tier: "eks" | "eks-fargate", text: string, config?: Input["config"]) =>
    on[tier]
      .findings({ compose: text, ...(config && { config }) })
      .filter(({ outcome }) => outcome === "refused")
      .map(({ service: of, key, reason }) => `${of ?? ""} ${key}: ${reason}`);
  const words = (text: string, key: string, config?: Input["config"]) =>
    on.eks.said({ compose: text, ...(config && { config }) }, "job", key).join();

  it("runs anew with each version of its own and of who waits for it, and for nothing else", async () => {
    const text = (changes: {
      migrate?: string;
      api?: string;
      env?: string;
      db?: string;
      timeout?: string;
    }) => `services:
  db: { image: "postgres:${changes.db ?? "17"}" }
  migrate:
    image: "a/app:${changes.migrate ?? "1"}"
    depends_on: [db]
    x-spectrum: { job: { on: deploy, timeout: ${changes.timeout ?? "5m"} } }
  api: { image: "a/app:${changes.api ?? "1"}", environment: { A: "${changes.env ?? "1"}" } }
`;
    const template = async (changes: Parameters<typeof text>[0]) =>
      JSON.stringify(jobSpec(await on.eks.record({ compose: text(changes) }), "shop-migrate").template);
    const first = await template({});
    assert.equal(await template({}), first);
    assert.equal(await template({ db: "18" }), first, "db does not wait for it");
    const others = await Promise.all([{ migrate: "2" }, { api: "2" }, { env: "2" }, { timeout: "6m" }].map(template));
    assert.equal(new Set([first, ...others]).size, 5);
  });

  it("that is not tried again fails with its exit code", async () => {
    const spec = jobSpec(await on.eks.record({ compose: once("", "deploy") }), "shop-job");
    assert.deepEqual((spec as unknown as Record<string, unknown>).podFailurePolicy, {
      rules: [{ action: "FailJob", onExitCodes: { containerName: "job", operator: "NotIn", values: [0] } }],
    });
  });

  it("ends with its own container: its sidecars start before it and are ended after it, and on Fargate there are none", async () => {
    const text = `services:
  job: { image: a/job, healthcheck: { test: [CMD, check] }, x-spectrum: { job: once } }
  proxy: { image: a/proxy, network_mode: "service:job", healthcheck: { test: [CMD, check] } }
`;
    const { containers, initContainers = [] } = cronSpec(await on.eks.record({ compose: text }), "shop-job").jobTemplate
      .spec.template.spec;
    assert.deepEqual(
      containers.map(({ name, readinessProbe }) => [name, readinessProbe]),
      [["job", undefined]],
    );
    assert.deepEqual(
      initContainers.map(({ name, restartPolicy, readinessProbe }) => [
        name,
        restartPolicy,
        readinessProbe !== undefined,
      ]),
      [["proxy", "Always", true]],
    );
    assert.deepEqual(refusals("eks", text), []);
    assert.match(refusals("eks-fargate", text).join(), /^proxy network_mode: job is a job, and Fargate gives/u);
    assert.match(
      refusals("eks", text.replace("a/proxy,", 'a/proxy, ports: ["80:80"],')).join(),
      /^proxy ports: it runs in the pod of job/u,
    );
  });

  it("takes no traffic", async () => {
    const made = await on.eks.record({
      compose: once('    image: "postgres:17"\n    ports: ["8080:80"]').replace("    image: ghcr.io/a/job:1\n", ""),
    });
    assert.equal(made.all("aws:lb/listener:Listener").length, 0);
    const ports = cronSpec(made, "shop-job").jobTemplate.spec.template.spec.containers.map((one) => one.ports);
    assert.deepEqual(ports, [undefined]);
    assert.match(words(once('    ports: ["8080:80"]'), "ports[0]"), /^changed: not published: a job takes no traffic/u);
    assert.match(words(once('    expose: ["80"]'), "expose"), /a job takes no traffic$/u);
    const called = once().replace("  api: {", "  api: { environment: { JOB_URL: http://job:80 },");
    assert.match(refusals("eks", called).join(), /^job expose: api name it as a host/u);
    const hosts = [{ host: "a.example.com", service: "job", port: 80 }];
    assert.match(refusals("eks", once(), { hosts }).join(), /^ hosts\[0\]\.service: job takes no traffic/u);
  });

  it("is one pod of its own for each run", () => {
    assert.match(words(once("    deploy: { replicas: 3 }"), "deploy.replicas"), /^changed: .*one pod$/u);
    assert.match(words(once("    deploy: { mode: replicated-job }"), "deploy.mode"), /^changed: left out/u);
    assert.match(refusals("eks", service("    deploy: { mode: replicated-job }")).join(), /^job deploy\.mode: /u);
    assert.match(refusals("eks", once('    network_mode: "service:api"')).join(), /^job network_mode: a run of a job/u);
    const config = { services: { job: { scale: { min: 1, max: 2 }, deployment: { strategy: "canary" } } } };
    for (const key of ["scale", "deployment"]) assert.match(words(once(), key, config), /^changed: left out/u, key);
    assert.deepEqual(refusals("eks", once(), config), []);
  });

  it("is started again by its retries, and says which runs may overlap", () => {
    for (const line of ["    restart: on-failure", '    restart: "no"'])
      assert.match(words(once(line), "restart"), /^changed: .*as often as its retries say$/u);
    assert.match(words(once(), "job.concurrency"), /^changed: allow: /u);
    assert.equal(words(once("", "{ on: once, concurrency: allow }"), "job.concurrency"), "");
    const hourly = '{ at: "rate(1 hour)", concurrency: allow }';
    const volume = '    volumes: ["data:/data"]';
    const writer = (more: string) => `${once(volume, `${hourly}${more}`)}volumes: { data: {} }\n`;
    assert.match(words(writer(""), "job.concurrency"), /^changed: forbid: it writes to a named volume/u);
    assert.equal(words(writer(", concurrent: true"), "job.concurrency"), "");
    assert.match(words(once("", hourly), "job.at"), /^changed: by the clock \(0 \* \* \* \*, in UTC\)/u);
  });

  it("with one writer has one run at a time, and a rate is one in any zone", async () => {
    const job = '{ at: "rate(2 hours)", timezone: Asia/Tokyo, concurrency: allow }';
    const text = `${once('    volumes: ["data:/data"]', job)}volumes: { data: {} }\n`;
    const { jobTemplate: _, ...times } = cronSpec(await on.eks.record({ compose: text }), "shop-job");
    assert.deepEqual(times, {
      schedule: "0 */2 * * *",
      timeZone: "UTC",
      suspend: false,
      concurrencyPolicy: "Forbid",
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 10,
    });
  });

  it("has no schedule that Kubernetes cannot keep", () => {
    const at = (job: string) => refusals("eks", once("", job));
    assert.match(at('{ at: "rate(7 minutes)" }').join(), /^job job\.at: every 7 minutes cannot be said/u);
    assert.match(at('{ at: "at(2027-01-01T00:00:00)" }').join(), /^job job\.at: .* is one moment/u);
    assert.match(
      at('{ at: "cron(0 3 * * ? *)", timezone: Mars/Olympus }').join(),
      /^job job\.timezone: there is no time zone Mars\/Olympus/u,
    );
    assert.deepEqual(at('{ at: "cron(0 3 * * ? *)", timezone: America/New_York }'), []);
  });

  it("shares no disk of one pod with a service", () => {
    const text = `${once('    volumes: ["data:/data"]').replace(
      'expose: ["3000"]',
      'expose: ["3000"], volumes: ["data:/data"]',
    )}volumes: { data: {} }\n`;
    const found = refusals("eks", text, { eks: { disks: { data: 10 } } });
    assert.equal(found.filter((one) => one.includes("one pod mounts at a time")).length, 2);
    assert.deepEqual(refusals("eks", text), []);
  });

  it("takes room on the nodes for the time of its run: the largest pod that starts beside others has it", () => {
    const demand = (text: string) => {
      const { app, placement } = on.eks.read({ compose: text });
      return tiers.eks.eks?.(app, placement).pods;
    };
    const pod = { cpu: 0.25, memory: 512, architecture: "amd64", capacity: "on-demand" };
    assert.deepEqual(demand(once()), [
      { ...pod, min: 1, max: 1, surge: 1 },
      { ...pod, min: 0, max: 0, surge: 1 },
    ]);
  });
});
