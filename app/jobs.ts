/** Jobs: Compose services that run to their end. Pure. */
import type { JobConfig, Placement } from "./config/types";
import type { Finding } from "./finding";
import { changed, finding, refused } from "./fit";
import type { App, Service } from "./model";
import { wire } from "./wiring";

/** A service that others await by `service_completed_successfully` and that says nothing of itself. */
export const AWAITED_JOB: Omit<JobConfig, "timeout"> & { readonly timeout: null } = {
  on: "deploy",
  at: null,
  timezone: "UTC",
  windowMinutes: 0,
  retries: 0,
  timeout: null,
  concurrency: "forbid",
};

/** The app with the services marked that the placement makes jobs. */
export function withJobs(app: App, placement: Placement): App {
  const made = Object.values(app.services).filter(({ name, job }) => !job && jobOf(placement, name) !== null);
  if (made.length === 0) return app;
  const services = Object.fromEntries(made.map((service) => [service.name, { ...service, job: true }]));
  return { ...app, services: { ...app.services, ...services } };
}

export const jobOf = (placement: Placement, service: string): JobConfig | null =>
  placement.services[service]?.job ?? null;

export const jobsOf = (app: App): readonly Service[] => Object.values(app.services).filter(({ job }) => job);

/** The jobs that run with each deployment, each after those that it depends on. */
export function deployJobs(app: App, placement: Placement): readonly Service[] {
  return jobsOf(app)
    .filter(({ name }) => jobOf(placement, name)?.on === "deploy")
    .sort((a, b) => before(app, a.name).size - before(app, b.name).size);
}

/**
 * The services that wait for a `deploy` job: those that await it, and where nobody does all that it does not itself depend on
 * or call.
 */
export function waitersOf(app: App, job: string): readonly string[] {
  const services = Object.values(app.services).filter((service) => !service.job && !isSidecarOf(service, job));
  const awaiting = services.filter((service) => before(app, service.name).has(job));
  if (awaiting.length > 0) return awaiting.map(({ name }) => name);
  const first = reached(job, (name) => namedBy(app, name));
  return services.map(({ name }) => name).filter((name) => !first.has(name));
}

/** True where the service is in the job's network: Compose makes it depend on the job, and it runs beside it. */
const isSidecarOf = ({ networkMode }: Service, job: string) => networkMode === `service:${job}`;

/** What a service depends on, directly or not. */
export const before = (app: App, service: string): ReadonlySet<string> =>
  reached(service, (name) => dependencies(app, name));

const dependencies = (app: App, service: string) => Object.keys(app.services[service]?.dependsOn ?? {});

/** The services that one depends on, links to or calls. */
export const namedBy = (app: App, service: string): readonly string[] => [
  ...dependencies(app, service),
  ...(app.services[service]?.links ?? []).map((link) => link.service),
  ...wire(app).rewrites.flatMap((rewrite) => (rewrite.service === service ? [rewrite.host] : [])),
];

function reached(service: string, next: (name: string) => readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [service];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const on of next(name)) {
      if (found.has(on)) continue;
      found.add(on);
      open.push(on);
    }
  }
  return found;
}

/** What no tier can keep of the app's jobs, and what looks like one and is none. */
export function jobFindings(app: App, placement: Placement): readonly Finding[] {
  return [...suggestedJobs(app, placement), ...namedJobs(app, placement), ...waitFindings(app, placement)];
}

/** Only a word makes a service a job: one that ends by itself may be meant to be started again all the same. */
function suggestedJobs(app: App, placement: Placement): readonly Finding[] {
  const context = { app, placement };
  const services = Object.values(app.services);
  const awaited = new Set(services.flatMap(({ dependsOn }) => Object.keys(dependsOn)));
  return services
    .filter((service) => !service.job && endsForGood(service) && takesNothing(service) && !awaited.has(service.name))
    .filter(({ name }) => (placement.services[name]?.queue ?? null) === null)
    .map(({ name }) => {
      const verdict = changed(
        "it is not started again and publishes nothing, so it looks like a job; it is hosted as a service all the same",
        "x-spectrum: { job: once } under it, deploy or { at: cron(…) }; or leave restart out",
      );
      return finding(context, name, "job", verdict, app.locate(`services.${name}.restart`));
    });
}

/** Names lead to what goes on running. */
function namedJobs(app: App, placement: Placement): readonly Finding[] {
  return placement.hosts.flatMap(({ service }, i) =>
    app.services[service]?.job === true
      ? [
          finding(
            { app, placement },
            null,
            `hosts[${i}].service`,
            refused(`${service} is a job, which takes no traffic`, "name a service that goes on running"),
          ),
        ]
      : [],
  );
}

function endsForGood({ restart, deploy }: Service): boolean {
  const policy = deploy.restart_policy;
  const condition = typeof policy === "object" && policy !== null && "condition" in policy ? policy.condition : null;
  return condition === null ? restart === "no" : condition === "none";
}

const takesNothing = ({ ports, expose, healthcheck }: Service): boolean =>
  ports.length === 0 && expose.length === 0 && healthcheck === null;

function waitFindings(app: App, placement: Placement): readonly Finding[] {
  const context = { app, placement };
  return Object.values(app.services).flatMap((service) =>
    Object.entries(service.dependsOn).flatMap(([name, { condition }]): Finding[] => {
      const job = jobOf(placement, name);
      if (job === null || isSidecarOf(service, name)) return [];
      const key = `depends_on.${name}`;
      if (job.on !== "deploy")
        return [
          finding(
            context,
            service.name,
            key,
            refused(
              `${name} is a job that runs ${job.on === "once" ? "by hand" : "by a schedule"}, so nothing can wait for it`,
              `make it one that runs with each deployment (job: deploy), or leave it out of depends_on`,
            ),
          ),
        ];
      if (condition === "service_completed_successfully") return [];
      return [
        finding(
          context,
          service.name,
          key,
          refused(`${name} is a job, which ends before others start`, "say condition: service_completed_successfully"),
        ),
      ];
    }),
  );
}
