/** What an ECS tier does to each thing that an app asks for, besides what only that tier has. Pure. */
import { ALB, isApi } from "../../../app/api-entry";
import type { Deployment, Placement } from "../../../app/config/types";
import type { Finding } from "../../../app/finding";
import { changed, finding, type FitContext, fitKeys, type KeyTable, refused } from "../../../app/fit";
import type { App } from "../../../app/model";
import { ecrRegistry, parseImage } from "../../../app/image";
import { containerPorts } from "../../../app/ports";
import { publish } from "../../../app/publish";
import { defaultSize } from "../../../app/size";
import { leakedSecrets } from "../common-keys";
import { taskDeployment } from "./deployments";
import type { EcsTier } from "./ecs-tier";
import { preparingContainers } from "./files";
import { ecrRepository } from "./files-image";
import { ecsJobFindings } from "./jobs/fit";
import { MAX_FILE_BYTES, taskMounts } from "./mounts";
import { registeredPort, registryFindings } from "./registry";
import { oneWriter } from "./rules/deploy";
import { saysCpu, saysMemory, sizeText } from "./size";
import { type EcsTask, jobTasks, MAX_CONTAINERS, startOrder, taskHasOneWriter, taskPorts } from "./tasks";

/** `keys`: the tier's table. */
export function fitEcs(tier: EcsTier, keys: KeyTable, app: App, placement: Placement): readonly Finding[] {
  const context = { app, placement, tier };
  const tasks = tier.tasks(app);
  const all = [...tasks, ...jobTasks(app)];
  const { leaks, rest } = leakedSecrets(context, SECRET_KEYS);
  return [
    ...fitKeys(keys, { ...context, app: rest }),
    ...leaks,
    ...(isApi(placement) ? registryFindings(context, tasks) : publish(app, placement).findings),
    ...unknownPorts(context, tasks),
    ...all.flatMap((task) => [
      ...sizes(context, tasks, task),
      ...containers(context, task),
      ...publicImages(context, task),
      ...definitionSize(context, task),
    ]),
    ...tasks.flatMap((task) => [
      ...entries(context, task),
      ...writers(context, task),
      ...shifting(context, task),
      ...scaling(context, task),
    ]),
    ...ecsJobFindings(context),
    ...circles(context, tasks),
  ];
}

export interface EcsContext extends FitContext {
  readonly tier: EcsTier;
}

/** Keys whose values may hold a secret: ECS takes it by reference there. */
export const SECRET_KEYS = ["services.*.environment.*", "configs.*.content"] as const;

/** Service Connect, the groups' rules and the port mappings need every port that somebody calls. */
function unknownPorts({ app, placement }: FitContext, tasks: readonly EcsTask[]): Finding[] {
  const known = containerPorts(app);
  const context = { app, placement };
  return tasks
    .flatMap(({ services }) => services)
    .filter(({ name }) => known[name]?.source === "unknown")
    .map(({ name }) =>
      finding(
        context,
        name,
        "expose",
        refused(
          "other services name it, and nothing says on which port it listens",
          `say it: expose: ["8080"] under ${name}`,
        ),
      ),
    );
}

function sizes(context: EcsContext, tasks: readonly EcsTask[], task: EcsTask): Finding[] {
  const { app, placement, tier } = context;
  const { size, wanted, fits } = tier.size(app, placement, tasks, task);
  const silent = task.services
    .filter((service) => !saysCpu(placement, service) && !saysMemory(placement, service))
    .map(({ name }) =>
      finding(
        context,
        name,
        "deploy.resources",
        changed(
          `nothing is said of its size, so ${defaultSize.cpu} vCPU and ${defaultSize.memory} MiB are taken; the task has ${sizeText(size)}`,
          "say deploy.resources.limits, or size under the service",
        ),
      ),
    );
  const largest = `the largest task of ${tier.title} has less`;
  const tooLarge = fits
    ? []
    : [
        finding(
          context,
          task.name,
          "deploy.resources",
          refused(`${sizeText(wanted)} are asked for: ${largest}`, "ask for less"),
        ),
      ];
  return [...silent, ...tooLarge];
}

function containers(context: EcsContext, task: EcsTask): Finding[] {
  const mounts = taskMounts(context.app, task, context.tier.containers.mounts);
  const preparing = preparingContainers(mounts);
  const count = task.services.length + preparing;
  const others = preparing > 0 ? `, with ${preparing} that prepare its files` : "";
  const tooMany =
    count > MAX_CONTAINERS
      ? [
          finding(
            context,
            task.name,
            "network_mode",
            refused(
              `its task has ${count} containers${others}, and ECS takes ${MAX_CONTAINERS}`,
              "give some sidecars a task of their own",
            ),
          ),
        ]
      : [];
  return [
    ...tooMany,
    ...filesImage(context, task, preparing),
    ...portClashes(context, task),
    ...targetClashes(context, task),
  ];
}

/** One service registers with so many target groups. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/register-multiple-targetgroups.html */
const MAX_TARGET_GROUPS = 5;

function entries(context: EcsContext, task: EcsTask): Finding[] {
  // nothing stands before it, or no load balancer
  if (context.tier.name === "ecs-anywhere" || isApi(context.placement)) return [];
  const { points } = publish(context.app, context.placement);
  const own = points.filter(({ service }) => task.services.some(({ name }) => name === service));
  const ports = own.filter(
    (point, i) => own.findIndex((other) => other.service === point.service && other.port === point.port) === i,
  );
  return ports.slice(MAX_TARGET_GROUPS).map(({ service, port, index }) => {
    const key = index === null ? "ports" : `ports[${index}]`;
    const verdict = refused(
      `${port} is one port too many: a service has ${MAX_TARGET_GROUPS} behind the load balancers`,
      "publish fewer ports, or let two services share them",
    );
    return finding(context, service, key, verdict);
  });
}

/** Without a way out of the network no image can be pulled but from ECR, and of ECR's only from where the endpoints are. */
function publicImages(context: EcsContext, task: EcsTask): Finding[] {
  const { region, platform } = context.placement.environment;
  const { egress, registries } = platform;
  if (egress !== "endpoints" || context.tier.name === "ecs-anywhere") return [];
  return task.services.flatMap(({ image: written, name, build }) => {
    const image = context.app.release?.images[name]?.image ?? (build === null ? written : null);
    if (image === null) return [];
    const registry = parseImage(image)?.registry ?? "";
    const ecr = ecrRegistry(registry);
    if (ecr?.region === region) return [];
    if (ecr)
      return [
        finding(
          context,
          name,
          "image",
          refused(
            `the image is on ECR in ${ecr.region}, and the egress endpoints reach that of ${region} alone`,
            `replicate the repository to ${region}, or take another egress`,
          ),
        ),
      ];
    const verdict = registries[registry]?.cache
      ? changed(
          "comes by the pull-through cache, which cannot fetch it from here for the first time",
          "pull it once from where there is a way out: docker pull <the cache's address>",
        )
      : refused(
          "the egress endpoints reach AWS's own services alone, and the image is not in ECR",
          "copy the image into a repository on ECR, or take another egress",
        );
    return [finding(context, name, "image", verdict)];
  });
}

function filesImage(context: EcsContext, task: EcsTask, preparing: number): Finding[] {
  const { filesImage: image } = context.tier.settings(context.placement);
  const { egress } = context.placement.environment.platform;
  if (preparing === 0 || egress !== "endpoints" || ecrRepository(image) !== null) return [];
  const verdict = refused(
    `its files are written by ${image}, which the egress endpoints cannot reach`,
    `copy it into a repository of your own on ECR, and name that under ${context.tier.name}: { filesImage }`,
  );
  return [finding(context, task.name, "secrets", verdict)];
}

/** The containers of a task share one localhost, so each port is one container's. A job listens on none, whatever its image does. */
function portClashes(context: FitContext, task: EcsTask): Finding[] {
  if (task.main.job) return [];
  const known = containerPorts(context.app);
  const owner = new Map(taskPorts(context.app, task).map((p) => [`${p.port}/${p.protocol}`, p.service]));
  return task.services.flatMap(({ name }) => {
    const taken = (known[name]?.ports ?? []).filter((p) => owner.get(`${p.port}/${p.protocol}`) !== name);
    return taken.map(({ port, protocol }) =>
      finding(
        context,
        name,
        "network_mode",
        refused(
          `port ${port} is ${owner.get(`${port}/${protocol}`) ?? "another container"}'s in the same task`,
          "let it listen on another port, or give it a task of its own",
        ),
      ),
    );
  });
}

/** Two volumes cannot stand at one folder. */
export function targetClashes(context: EcsContext, task: EcsTask): Finding[] {
  const { folders, files } = taskMounts(context.app, task, context.tier.containers.mounts);
  return files.flatMap((file) => {
    const over = folders.find(
      (f) => f.service === file.service && !("files" in f.kind) && `${file.target}/`.startsWith(`${f.target}/`),
    );
    if (!over) return [];
    const verdict = refused(
      `${file.target} would be in the volume at ${over.target}, and a volume holds no single file of another source`,
      "give the file a folder of its own",
    );
    return [finding(context, file.service, "volumes", verdict)];
  });
}

/** What stands in the task definition; AWS takes 64 KiB of it. */
export function definitionSize(context: EcsContext, task: EcsTask): Finding[] {
  const { files } = taskMounts(context.app, task, context.tier.containers.mounts);
  const bytes = files.reduce(
    (sum, { content }) =>
      sum +
      ("value" in content
        ? JSON.stringify(content.value.filter((part) => typeof part === "string").join("")).length
        : 0),
    0,
  );
  if (bytes <= MAX_FILE_BYTES) return [];
  const verdict = refused(
    `the files of its task are ${Math.ceil(bytes / 1024)} KiB, and a task carries ${MAX_FILE_BYTES / 1024} at most`,
    "COPY the larger ones into the image",
  );
  return [finding(context, task.name, "configs", verdict)];
}

/** One task at a time: what that means for the update, the copies, Spot and the autoscaler. */
function writers(context: EcsContext, task: EcsTask): Finding[] {
  const { app, placement } = context;
  if (!taskHasOneWriter(app, placement, task)) return [];
  const placed = placement.services[task.name];
  const remedy = "concurrent: true under the service, where its programs share the files safely";
  const say = (key: string, what: string) => finding(context, task.name, key, changed(`${what}: ${oneWriter}`, remedy));
  const spot = context.tier.settings(placement).spot(task.name);
  return [
    say("volumes", "its task is stopped before the next one starts, so a deployment interrupts it"),
    ...(task.main.replicas > 1 && !("replicas" in task.main.deploy) ? [say("deploy.replicas", "one task runs")] : []),
    ...(placed?.scale ? [say("scale", "it is not scaled")] : []),
    ...(placed && shifts(placed.deployment)
      ? [say("deployment", `rolled instead of ${placed.deployment.strategy}`)]
      : []),
    ...(spot ? [say("spot", "no task runs on Spot")] : []),
  ];
}

const shifts = ({ strategy }: Deployment) => strategy !== "rolling";

/** ECS moves the traffic of a load balancer from one target group to another. */
function shifting(context: FitContext, task: EcsTask): Finding[] {
  const { app, placement } = context;
  const deployment = placement.services[task.name]?.deployment;
  if (!deployment || !shifts(deployment) || taskHasOneWriter(app, placement, task)) return [];
  if (!registeredPort(app, placement, task)) return [];
  const reason = `ECS moves no traffic of API Gateway's, so there is no ${deployment.strategy} deployment`;
  return [finding(context, task.name, "deployment", refused(reason, `use rolling, or ${ALB}`))];
}

function scaling(context: FitContext, task: EcsTask): Finding[] {
  const { app, placement } = context;
  const requests = placement.services[task.name]?.scale?.requests ?? null;
  if (requests === null || taskHasOneWriter(app, placement, task)) return [];
  const say = (reason: string) =>
    finding(context, task.name, "scale.requests", refused(reason, "scale by cpu or memory instead"));
  if (isApi(placement)) return [say("no load balancer counts the requests of each task, for API Gateway is the entry")];
  const { points } = publish(app, placement);
  const isHttp = points.some(
    ({ service, protocol }) => protocol === "http" && task.services.some((s) => s.name === service),
  );
  if (!isHttp) return [say("it publishes no HTTP port, so no load balancer counts its requests")];
  const { strategy } = taskDeployment(app, placement, task);
  return strategy === "rolling"
    ? []
    : [say(`requests are counted on one target group, and a ${strategy} deployment moves between two`)];
}

/** A task knows the names that were there when it started. */
function circles(context: FitContext, tasks: readonly EcsTask[]): Finding[] {
  return startOrder(context.app, tasks).open.map(({ from, to }) =>
    finding(
      context,
      from,
      "depends_on",
      changed(
        `${from} and ${to} call each other: ${from} is started first, and finds ${to} by its name only from its second deployment on`,
        `deploy twice when the app is new, or let only one of them call the other`,
      ),
    ),
  );
}
