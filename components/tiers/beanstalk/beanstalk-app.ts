/** An app on Elastic Beanstalk: an application, its version, and an environment whose instances run the app's Compose file. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { parseImage } from "../../../app/image";
import type { Service } from "../../../app/model";
import { childName, environmentPrefix, slug } from "../../names";
import type { AttachedListener } from "../../platform/entry";
import { type StoredSecret, valueOf } from "../../platform/secrets";
import type { AppVolume } from "../../platform/volumes";
import { outputHoles } from "../compose";
import { volumeOwner } from "../ecs/mounts";
import type { HostArgs, HostedApp, HostedService, JobTarget } from "../tier";
import { type Bundle, bundleOf } from "./bundle";
import { type Deployment, deploymentOf, type OpenPort } from "./deployment";
import { endpointsOf } from "./endpoints";
import { jobFiles } from "./job-files";
import { environmentJobs } from "./jobs";
import { APPLICATION_NAME_LENGTH, ENVIRONMENT_NAME_LENGTH, PLATFORM } from "./limits";
import { environmentOptions, type OptionInputs } from "./options";
import { instanceRole, type Role, serviceRole, type Where } from "./roles";
import { type BeanstalkSettings, beanstalkEgress, settingsOf } from "./settings";
import { secretVersions } from "./versions";
import { type BeanstalkFile, beanstalkFile, isWhole } from "./wired";

/** What an environment is made with. */
interface Prepared {
  readonly application: aws.elasticbeanstalk.Application;
  readonly version: aws.elasticbeanstalk.ApplicationVersion;
  readonly service: Role;
  readonly instances: Role;
  readonly group: aws.ec2.SecurityGroup;
  readonly rules: readonly pulumi.Resource[];
  readonly listeners: readonly AttachedListener[];
  readonly secrets: Readonly<Record<string, StoredSecret>>;
  readonly volumes: ReadonlyMap<string, AppVolume>;
}

const EFS_PORT = 2049;
const WORLD = "0.0.0.0/0";
/** Old versions that Beanstalk keeps; the program deletes its own when a new one is in place. */
const KEPT_VERSIONS = 10;
/** Seconds that the machines of an environment need before the app starts, and while it goes. */
const MACHINE_SECONDS = 900;
const DELETE_SECONDS = 1800;

export class BeanstalkApp extends pulumi.ComponentResource implements HostedApp {
  readonly services: Readonly<Record<string, HostedService>>;
  readonly jobs: Readonly<Record<string, JobTarget>>;
  readonly outputs: Readonly<Record<string, pulumi.Output<string>>>;

  private readonly settings: BeanstalkSettings;
  private readonly deployment: Deployment;
  private readonly file: BeanstalkFile;

  constructor(
    private readonly name: string,
    private readonly args: HostArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:tier:Beanstalk", name, {}, opts);
    this.settings = settingsOf(args.placement.settings);
    this.deployment = deploymentOf(args.app, args.placement);
    this.file = beanstalkFile(args.app, args.placement);

    const listeners = this.attachListeners();
    const { group, rules } = this.makeSecurity(listeners);
    const volumes = this.openVolumes(group);
    const secrets = this.storeSecrets();
    const where = this.findWhere();
    const service = this.makeServiceRole(where);
    const instances = this.makeInstanceRole(where, secrets, volumes);
    const application = this.makeApplication(where, service);
    const version = this.makeVersion(application, this.makeBundle(volumes));
    const prepared = { application, version, service, instances, group, rules, listeners, secrets, volumes };
    const environment = this.makeEnvironment(prepared);
    this.services = this.describe(environment, prepared);
    const { app, placement } = args;
    const { accountId } = where;
    const { jobs, outputs } = environmentJobs(
      name,
      { app, placement, deployment: this.deployment, accountId, environment },
      this,
    );
    this.jobs = jobs;
    this.outputs = outputs;

    this.registerOutputs({
      application: application.name,
      version: version.name,
      environment: environment.name,
      services: this.services,
    });
  }

  private get opts(): pulumi.CustomResourceOptions {
    return { parent: this };
  }

  private get region(): string {
    return this.args.placement.environment.region;
  }

  /** By process: a listener of the entry's that leads to it. */
  private attachListeners(): readonly AttachedListener[] {
    const { entry, platform } = this.args;
    return this.deployment.processes.map(({ service, target, hostPort }) => {
      const listener = entry.listener(service, target);
      if (!listener) throw new Error(`the entry has no listener for ${service}:${target}`);
      platform.loadBalancers.allowTo("application", { from: hostPort, to: hostPort }, "tcp");
      return listener;
    });
  }

  /** Open to the entry on its processes' ports, or to the world on what a single instance publishes. */
  private makeSecurity(listeners: readonly AttachedListener[]) {
    const { platform, app } = this.args;
    const name = childName(this.name, "instances");
    const group = new aws.ec2.SecurityGroup(
      name,
      { vpcId: platform.network.vpcId, description: `instances of ${app.name}` },
      this.opts,
    );
    const out = new aws.vpc.SecurityGroupEgressRule(
      name,
      { securityGroupId: group.id, ipProtocol: "-1", cidrIpv4: WORLD, description: "to everywhere" },
      this.opts,
    );
    const { processes, open } = this.deployment;
    const fromEntry = processes.map((process, i) =>
      this.openPort(group, process, { referencedSecurityGroupId: listeners[i]?.securityGroupId }, "from-entry"),
    );
    const fromWorld = open.map((port) => this.openPort(group, port, { cidrIpv4: WORLD }, "from-world"));
    const services = this.containers.map((service) => service.name);
    const reached = this.args.backing.admit(name, { services, securityGroupId: group.id }, this.opts);
    return { group, rules: [out, ...fromEntry, ...fromWorld, ...reached] };
  }

  private openPort(
    group: aws.ec2.SecurityGroup,
    { hostPort, protocol }: OpenPort,
    from: Pick<aws.vpc.SecurityGroupIngressRuleArgs, "cidrIpv4" | "referencedSecurityGroupId">,
    suffix: string,
  ): pulumi.Resource {
    return new aws.vpc.SecurityGroupIngressRule(
      childName(this.name, suffix, protocol, String(hostPort)),
      {
        securityGroupId: group.id,
        ipProtocol: protocol,
        fromPort: hostPort,
        toPort: hostPort,
        description: suffix.replace("-", " the "),
        ...from,
      },
      this.opts,
    );
  }

  /** By Compose volume. The file system lets the instances in on NFS's port. */
  private openVolumes(group: aws.ec2.SecurityGroup): ReadonlyMap<string, AppVolume> {
    const { app, volumes } = this.args;
    const opened = new Map(this.file.volumes.map((name) => [name, volumes.of(name, volumeOwner(app, name))]));
    const [first] = opened.values();
    if (first) {
      new aws.vpc.SecurityGroupIngressRule(
        childName(this.name, "volumes"),
        {
          securityGroupId: first.securityGroupId,
          referencedSecurityGroupId: group.id,
          ipProtocol: "tcp",
          fromPort: EFS_PORT,
          toPort: EFS_PORT,
          description: `from the instances of ${app.name}`,
        },
        this.opts,
      );
    }
    return opened;
  }

  /** By environment property. */
  private storeSecrets(): Readonly<Record<string, StoredSecret>> {
    const { secrets } = this.args;
    return Object.fromEntries(
      this.file.references.map(({ property, content }) => [
        property,
        isWhole(content)
          ? secrets.store(
              content.key,
              secrets.resolve(content.value, (host) => host),
            )
          : secrets.stored(content.secret),
      ]),
    );
  }

  /** What has an image: services and jobs. */
  private get containers(): readonly Service[] {
    return [...this.deployment.services, ...this.deployment.jobs];
  }

  /** Of jobs without a log driver of their own. */
  private get jobLogs(): Readonly<Record<string, aws.cloudwatch.LogGroup>> {
    const logged = this.deployment.jobs.filter(({ logging }) => !logging?.driver);
    return Object.fromEntries(logged.map(({ name }) => [name, this.args.logs.of(name)]));
  }

  private findWhere(): Where {
    const { accountId } = aws.getCallerIdentityOutput({}, { parent: this });
    return { accountId, region: this.region, application: this.applicationName };
  }

  private makeServiceRole(where: Where): Role {
    const { bundles } = this.args.platform;
    const prefix = this.args.app.name;
    return serviceRole(childName(this.name, "service"), { ...where, bucketArn: bundles.bucket.arn, prefix }, this.opts);
  }

  private makeInstanceRole(
    where: Where,
    secrets: Readonly<Record<string, StoredSecret>>,
    volumes: ReadonlyMap<string, AppVolume>,
  ): Role {
    const { images, placement } = this.args;
    const { jobs } = this.deployment;
    const containers = this.containers;
    return instanceRole(
      childName(this.name, "instance"),
      {
        ...where,
        images: containers.map(({ name }) => images.of(name)),
        secrets: Object.values(secrets),
        policies: containers.flatMap(({ name }) => placement.services[name]?.policies ?? []),
        resolve: valueOf(this.args.secrets),
        volumes: [...volumes.values()],
        exec: this.settings.exec,
        hasJobs: jobs.length > 0,
        jobLogGroups: Object.values(this.jobLogs).map(({ arn }) => arn),
      },
      this.opts,
    );
  }

  private makeApplication({ application }: Where, { role, ready }: Role): aws.elasticbeanstalk.Application {
    return new aws.elasticbeanstalk.Application(
      this.name,
      {
        name: application,
        description: `${this.args.app.name} in ${this.args.placement.environment.name}`,
        appversionLifecycle: { serviceRole: role.arn, maxCount: KEPT_VERSIONS, deleteSourceFromS3: true },
      },
      { ...this.opts, dependsOn: [...ready] },
    );
  }

  private makeBundle(volumes: ReadonlyMap<string, AppVolume>): Bundle {
    const { app, images, placement } = this.args;
    const { processes } = this.deployment;
    const own = this.containers.map(({ name, image }) => ({
      name,
      image: images.of(name),
      registry: parseImage(image ?? "")?.registry,
    }));
    return bundleOf({
      app,
      file: this.file,
      gracePeriod: processes.length > 0 ? placement.timeToFail : null,
      jobFiles: jobFiles(app, placement),
      logGroups: Object.fromEntries(Object.entries(this.jobLogs).map(([job, { name }]) => [job, name])),
      images: Object.fromEntries(own.map(({ name, image }) => [name, image.uri])),
      outputs: Object.fromEntries(
        outputHoles(this.file.wired.composeFile).map((ref) => [ref, this.args.secrets.output(ref)]),
      ),
      volumes: [...volumes].map(([name, { fileSystemId, accessPointId }]) => ({ name, fileSystemId, accessPointId })),
      logins: Object.fromEntries(
        own.flatMap(({ image: { credentialsArn }, registry }) =>
          credentialsArn && registry ? [[registry, credentialsArn]] : [],
        ),
      ),
    });
  }

  /**
   * Named by its content, in the program too: another content is another version, made before the environment runs it and
   * before the old one goes.
   */
  private makeVersion(
    application: aws.elasticbeanstalk.Application,
    { hash, archive }: Bundle,
  ): aws.elasticbeanstalk.ApplicationVersion {
    const { app, platform } = this.args;
    const { bucket, ready } = platform.bundles;
    const name = childName(this.name, hash);
    const bundle = new aws.s3.BucketObjectv2(
      name,
      {
        bucket: bucket.bucket,
        key: `${app.name}/${hash}.zip`,
        source: archive,
        contentType: "application/zip",
        serverSideEncryption: "AES256",
      },
      { ...this.opts, dependsOn: [...ready] },
    );
    return new aws.elasticbeanstalk.ApplicationVersion(
      name,
      {
        application: application.name,
        name: hash,
        description: "the wired Compose file and what lies beside it",
        bucket: bucket.bucket,
        key: bundle.key,
        // a version that another environment runs is that one's to delete, and there is none
        forceDelete: true,
      },
      this.opts,
    );
  }

  private makeEnvironment(prepared: Prepared): aws.elasticbeanstalk.Environment {
    const { placement } = this.args;
    const { kind } = this.deployment;
    const name = kind === "" ? this.name : childName(this.name, kind);
    const wait = this.waitingSeconds;
    const profile = new aws.iam.InstanceProfile(
      childName(this.name, "instance"),
      { role: prepared.instances.role.name },
      this.opts,
    );
    const platform = aws.elasticbeanstalk.getSolutionStackOutput(
      { mostRecent: true, nameRegex: PLATFORM },
      { parent: this },
    );
    return new aws.elasticbeanstalk.Environment(
      name,
      {
        name: this.environmentName,
        application: prepared.application.name,
        description: `${this.args.app.name} in ${placement.environment.name}`,
        tier: "WebServer",
        solutionStackName: platform.name,
        version: prepared.version.name,
        settings: this.options(prepared, profile).map((option) => ({ ...option })),
        waitForReadyTimeout: `${Math.ceil(wait / 60)}m`,
      },
      {
        ...this.opts,
        customTimeouts: { create: `${wait}s`, update: `${wait}s`, delete: `${DELETE_SECONDS}s` },
        // the newest at first; from then on managed updates choose, in their window and not in the middle of a deployment
        ignoreChanges: ["solutionStackName"],
        dependsOn: [
          ...prepared.service.ready,
          ...prepared.instances.ready,
          ...prepared.rules,
          ...prepared.listeners.flatMap(({ ready }) => ready),
          ...[...prepared.volumes.values()].flatMap(({ ready }) => ready),
        ].filter((resource, i, all) => all.indexOf(resource) === i),
      },
    );
  }

  private options(prepared: Prepared, profile: aws.iam.InstanceProfile) {
    const { placement, platform } = this.args;
    const { network } = platform;
    const single = this.deployment.type === "single";
    // a single instance is called from outside, whatever the others' way out
    const place = network.tasks(single ? "public" : beanstalkEgress(placement));
    const [listener] = prepared.listeners;
    const inputs: OptionInputs = {
      serviceRole: prepared.service.role.arn,
      instanceProfile: profile.name,
      securityGroup: prepared.group.id,
      vpcId: network.vpcId,
      subnets: place.subnetIds.apply((ids) => ids.join(",")),
      publicSubnets: network.publicSubnetIds.apply((ids) => ids.join(",")),
      assignPublicIp: place.assignPublicIp,
      loadBalancer: listener ? { arn: listener.loadBalancerArn, securityGroup: listener.securityGroupId } : null,
      secrets: Object.fromEntries(Object.entries(prepared.secrets).map(([key, { arn }]) => [key, arn])),
      versions: secretVersions(this.file, prepared.secrets),
    };
    return environmentOptions(placement, this.deployment, this.settings, inputs);
  }

  /** Each batch gets its time to fail, and the machines theirs. */
  private get waitingSeconds(): number {
    const { policy, deployJobSeconds } = this.deployment;
    const batches = policy === "RollingWithAdditionalBatch" ? Math.ceil(100 / this.settings.batch) + 1 : 1;
    return batches * this.args.placement.timeToFail + deployJobSeconds + MACHINE_SECONDS;
  }

  private describe(environment: aws.elasticbeanstalk.Environment, prepared: Prepared): Record<string, HostedService> {
    const endpoints = endpointsOf(this.deployment, environment, this);
    const identity = prepared.instances.role.arn;
    return Object.fromEntries(
      this.deployment.services.map(({ name }): [string, HostedService] => [
        name,
        {
          endpoints: endpoints(name),
          logGroup: pulumi.interpolate`/aws/elasticbeanstalk/${environment.name}/var/log/eb-docker/containers/eb-current-app/stdouterr.log`,
          identity,
          revision: prepared.version.name,
          target: {
            tier: "beanstalk",
            environmentName: environment.name,
            environmentId: environment.id,
            container: name,
          },
          dimensions: {
            EnvironmentName: environment.name,
            AutoScalingGroupName: environment.autoscalingGroups.apply(([group = ""]) => group),
          },
          ready: environment,
        },
      ]),
    );
  }

  private get applicationName(): string {
    return this.physicalName(APPLICATION_NAME_LENGTH);
  }

  private get environmentName(): string {
    return this.physicalName(ENVIRONMENT_NAME_LENGTH, this.deployment.kind);
  }

  /** `spectrum-dev-shop`: letters, digits and hyphens; unique in the account's region. */
  private physicalName(length: number, kind = ""): string {
    const { environment, app } = this.args.placement;
    return slug([environmentPrefix(environment.name), app, ...(kind === "" ? [] : [kind])].join("-"), length);
  }
}
