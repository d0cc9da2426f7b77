/** An app on Lightsail instances of its own. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { parseImage } from "../../../app/image";
import { deployJobs } from "../../../app/jobs";
import type { Service } from "../../../app/model";
import type { EntryPoint } from "../../../app/publish";
import { environmentPrefix, slug } from "../../names";
import type { AppImage } from "../../platform/images";
import type { StoredSecret } from "../../platform/secrets";
import { deployJobSeconds, outputHoles, type WiredApp } from "../compose";
import type { Endpoint, HostArgs, HostedApp, HostedService, JobTarget } from "../tier";
import { Balancer } from "./balancer";
import { contentRevision, documentContent, type Known, wiredApp } from "./document";
import { machineJobs } from "./jobs";
import { distributable, type Layout, layoutOf } from "./layout";
import { RESOURCE_NAME_LENGTH } from "./limits";
import { Machine, NODE_TAG, zoneOf } from "./machine";
import { type MachineRole, machineRole } from "./role";
import { type LightsailVmSettings, settingsOf } from "./settings";

/** Where the disk is attached; on the machine it has another name, which the script looks for. */
const DISK_PATH = "/dev/xvdf";

/** Seconds on top of `timeToFail` until the outcome of a run has reached Systems Manager, and the provider. */
const LATE_SECONDS = 120;

type LogGroups = Readonly<Record<string, aws.cloudwatch.LogGroup>>;

/** What the machines fetch: by the variables' secrets, and by the files' paths. */
interface Stored {
  readonly secrets: Readonly<Record<string, StoredSecret>>;
  readonly files: Readonly<Record<string, StoredSecret>>;
}

/** What a version is brought to the machines with. */
interface Brought {
  readonly images: Readonly<Record<string, AppImage>>;
  readonly stored: Stored;
  readonly groups: LogGroups;
  readonly role: MachineRole;
  readonly machines: readonly Machine[];
  readonly disk: readonly pulumi.Resource[];
}

/**
 * The machines are made first and register themselves; the association then brings the Compose file to them, starts it and
 * waits; the address, or the load balancer, comes last.
 */
export class LightsailVmApp extends pulumi.ComponentResource implements HostedApp {
  readonly services: Readonly<Record<string, HostedService>>;
  readonly jobs: Readonly<Record<string, JobTarget>>;
  readonly outputs: Readonly<Record<string, pulumi.Output<string>>>;

  private readonly settings: LightsailVmSettings;
  private readonly layout: Layout;
  private readonly wired: WiredApp;

  constructor(
    private readonly name: string,
    private readonly args: HostArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:lightsail-vm:App", name, {}, opts);
    this.settings = settingsOf(args.placement.settings);
    this.layout = layoutOf(args.app, args.placement);
    this.wired = wiredApp(args.app, args.placement);

    const images = this.takeImages();
    const stored = this.storeSecrets();
    const groups = this.makeLogGroups();
    const role = this.makeRole(images, stored, groups);
    const machines = Array.from({ length: this.layout.machines }, (_, i) => this.makeMachine(i + 1, role));
    const disk = this.attachDisk(machines);
    const association = this.deploy({ images, stored, groups, role, machines, disk });
    const { endpoint, ready } = this.publish(machines, association);
    this.services = this.describe({ machines, groups, association, endpoint, ready });
    const { app, placement } = args;
    const { jobs, outputs } = machineJobs(name, { app, placement, layout: this.layout, tag: machines[0]!.tag }, this);
    this.jobs = jobs;
    this.outputs = outputs;
    this.registerOutputs({ revision: association.associationId });
  }

  /** What has an image and logs: services and jobs. */
  private get containers(): readonly Service[] {
    return [...this.layout.services, ...this.layout.jobs];
  }

  private takeImages(): Readonly<Record<string, AppImage>> {
    return Object.fromEntries(this.containers.map(({ name }) => [name, this.args.images.of(name)]));
  }

  private storeSecrets(): Stored {
    const { secrets } = this.args;
    const names = [...new Set(Object.values(this.wired.variables))];
    return {
      secrets: Object.fromEntries(names.map((name) => [name, secrets.stored(name)])),
      files: Object.fromEntries(
        this.wired.secretFiles.map(({ path, content }) => [
          path,
          "secret" in content
            ? secrets.stored(content.secret)
            : secrets.store(
                content.key,
                secrets.resolve(content.value, (host) => host),
              ),
        ]),
      ),
    };
  }

  private makeLogGroups(): LogGroups {
    const logged = this.containers.filter(({ logging }) => !logging?.driver);
    return Object.fromEntries(logged.map(({ name }) => [name, this.args.logs.of(name)]));
  }

  private makeRole(images: Readonly<Record<string, AppImage>>, stored: Stored, groups: LogGroups): MachineRole {
    const accountId = aws.getCallerIdentityOutput({}, { parent: this }).accountId;
    const secrets = [...Object.values(stored.secrets), ...Object.values(stored.files)];
    return machineRole(
      this.name,
      {
        accountId,
        region: this.args.placement.environment.region,
        images: unique(Object.values(images), ({ repository }) => repository?.arn ?? null),
        secrets: [...new Set(secrets)],
        logGroupArns: Object.values(groups).map(({ arn }) => arn),
      },
      { parent: this },
    );
  }

  private makeMachine(number: number, role: MachineRole): Machine {
    const { placement } = this.args;
    const { layout, settings } = this;
    return new Machine(
      this.name,
      {
        app: placement.app,
        environment: placement.environment.name,
        region: placement.environment.region,
        number,
        layout,
        settings,
        role,
      },
      { parent: this },
    );
  }

  /** A disk is on one machine at a time: it leaves the old one, which the provider stops for it, before the new one has it. */
  private attachDisk([first]: readonly Machine[]): readonly pulumi.Resource[] {
    if (!this.layout.disk || !first) return [];
    const { region } = this.args.placement.environment;
    const disk = this.args.volumes.disk({
      sizeInGb: this.settings.disk,
      zone: zoneOf({ region, number: 1, settings: this.settings }),
    });
    return [
      new aws.lightsail.Disk_attachment(
        this.name,
        { diskName: disk.name, instanceName: first.instance.name, diskPath: DISK_PATH },
        { parent: this, deleteBeforeReplace: true },
      ),
    ];
  }

  /**
   * The provider waits for the machines only when it makes an association, so another revision is another association; the
   * old one goes first, for two would run side by side. Taking it away changes nothing on a machine.
   */
  private deploy(made: Brought): aws.ssm.Association {
    const { app, placement } = this.args;
    const { machines } = made;
    const content = this.known(made).apply((known) => documentContent(app, placement, known));
    const document = new aws.ssm.Document(
      this.name,
      { content, documentType: "Command", documentFormat: "JSON" },
      { parent: this },
    );
    const jobs = deployJobs(app, placement).map(({ name }) => name);
    const seconds = Math.ceil(placement.timeToFail + deployJobSeconds({ app, placement }));
    const association = new aws.ssm.Association(
      this.name,
      {
        name: document.name,
        associationName: slug(`${environmentPrefix(placement.environment.name)}-${placement.app}`, 128),
        documentVersion: "$LATEST",
        targets: [{ key: `tag:${NODE_TAG}`, values: machines.map(({ tag }) => tag) }],
        parameters: {
          Content: contentRevision(app, placement),
          Images: joined(Object.values(made.images).map(({ uri }) => uri)),
          ...(jobs.length > 0 && { Jobs: joined(jobs) }),
          Machines: joined(machines.map(({ instance }) => instance.arn)),
          ...(this.backingOutputs.length > 0 && { Outputs: joined(this.backingOutputs.map(([, value]) => value)) }),
          Secrets: joined(this.secretVersions(made.stored)),
        },
        waitForSuccessTimeoutSeconds: seconds + LATE_SECONDS,
      },
      {
        parent: this,
        dependsOn: [
          made.role.policy,
          ...made.disk,
          ...machines.flatMap(({ ports, registered }) => [ports, registered]),
          ...Object.values(made.groups),
        ],
        replaceOnChanges: ["parameters", "targets"],
        deleteBeforeReplace: true,
        customTimeouts: { create: `${seconds + 2 * LATE_SECONDS}s` },
      },
    );
    return association;
  }

  /** What stands in the document and is known on AWS alone. No secret is in it. */
  private known(made: Pick<Brought, "images" | "stored" | "groups">): pulumi.Output<Known> {
    const { images, stored, groups } = made;
    const arns = (all: Readonly<Record<string, StoredSecret>>) =>
      Object.fromEntries(Object.entries(all).map(([name, { arn }]) => [name, arn]));
    const known: pulumi.Input<Known> = {
      images: Object.fromEntries(Object.entries(images).map(([name, { uri }]) => [name, uri])),
      logGroups: Object.fromEntries(Object.entries(groups).map(([name, { name: group }]) => [name, group])),
      outputs: Object.fromEntries(this.backingOutputs),
      secrets: arns(stored.secrets),
      files: arns(stored.files),
      registries: this.registryLogins(images),
    } as unknown as Known;
    return pulumi.output(known);
  }

  /** Of the backing services that the Compose file names. */
  private get backingOutputs(): readonly (readonly [string, pulumi.Output<string>])[] {
    return outputHoles(this.wired.composeFile).map((ref) => [ref, this.args.secrets.output(ref)] as const);
  }

  /** By the registry's host: the images of one share a login. */
  private registryLogins(images: Readonly<Record<string, AppImage>>): Record<string, pulumi.Output<string>> {
    return Object.fromEntries(
      Object.entries(images).flatMap(([name, { credentialsArn }]) => {
        const image = this.args.app.services[name]?.image ?? "";
        return credentialsArn ? [[parseImage(image)?.registry ?? "", credentialsArn]] : [];
      }),
    );
  }

  /** A new value of a secret is a new version of it: that is how the machines hear of it. */
  private secretVersions({ secrets, files }: Stored): readonly pulumi.Output<string>[] {
    return [...new Set([...Object.values(secrets), ...Object.values(files)])].flatMap(({ version }) =>
      version ? [version] : [],
    );
  }

  private publish(
    machines: readonly Machine[],
    association: aws.ssm.Association,
  ): { readonly endpoint: Endpoint; readonly ready: pulumi.Resource } {
    const { layout } = this;
    return layout.machines > 1 ? this.balance(machines, association) : this.address(machines[0]!, association);
  }

  /** Free while it is attached. It moves to a new machine once the app runs there. */
  private address(machine: Machine, association: aws.ssm.Association) {
    const { app, environment } = this.args.placement;
    const address = new aws.lightsail.StaticIp(
      this.name,
      { name: slug(`${environmentPrefix(environment.name)}-${app}-vm-ip`, RESOURCE_NAME_LENGTH) },
      { parent: this },
    );
    const attachment = new aws.lightsail.StaticIpAttachment(
      this.name,
      { staticIpName: address.name, instanceName: machine.instance.name },
      { parent: this, dependsOn: [association], deleteBeforeReplace: true },
    );
    const { name } = machine.instance;
    const endpoint: Endpoint = {
      kind: "addresses",
      addresses: address.ipAddress.apply((ip) => [ip]),
      ...(distributable(this.layout) && { origin: { name, protocol: "http-only" } }),
    };
    return { endpoint, ready: attachment };
  }

  private balance(machines: readonly Machine[], association: aws.ssm.Association) {
    const { placement, platform } = this.args;
    const [first] = this.layout.proxied;
    const named = this.layout.proxied.flatMap(({ hosts }) => hosts.map(({ host }) => host));
    const hosts = named.length === 0 ? [] : [...new Set([...named, ...placement.redirects.map(({ from }) => from)])];
    const balancer = new Balancer(
      this.name,
      {
        app: placement.app,
        environment: placement.environment.name,
        region: placement.environment.region,
        healthCheckPath: this.settings.healthCheckPath ?? first?.healthPath ?? "/",
        hosts,
        names: platform.names,
        machines,
        after: association,
      },
      { parent: this },
    );
    const { dnsName, name } = balancer.balancer;
    const endpoint: Endpoint = {
      kind: "alias",
      aliasName: dnsName,
      aliasZoneId: balancer.aliasZoneId,
      url: pulumi.interpolate`http://${dnsName}`,
      origin: { name, protocol: hosts.length > 0 ? "https-only" : "http-only" },
    };
    return { endpoint, ready: balancer.ready };
  }

  private describe(made: {
    readonly machines: readonly Machine[];
    readonly groups: LogGroups;
    readonly association: aws.ssm.Association;
    readonly endpoint: Endpoint;
    readonly ready: pulumi.Resource;
  }): Record<string, HostedService> {
    const { machines, groups, association, endpoint, ready } = made;
    const reached = (name: string) => this.layout.points.filter((point: EntryPoint) => point.service === name);
    return Object.fromEntries(
      this.layout.services.map(({ name }): [string, HostedService] => [
        name,
        {
          endpoints: Object.fromEntries(reached(name).map(({ port }) => [port, endpoint])),
          ...(groups[name] && { logGroup: groups[name].name }),
          identity: null,
          revision: association.associationId,
          target: {
            tier: "lightsail-vm",
            instances: machines.map(({ instance }) => instance.name),
            nodeTag: { key: NODE_TAG, values: machines.map(({ tag }) => tag) },
            service: name,
          },
          ready,
        },
      ]),
    );
  }
}

/** A parameter's value; none is empty. */
function joined(values: readonly pulumi.Input<string | number>[]): pulumi.Output<string> {
  return values.length === 0 ? pulumi.output("none") : pulumi.all([...values]).apply((all) => all.join(" "));
}

function unique<T>(items: readonly T[], key: (item: T) => unknown): readonly T[] {
  return items.filter((item, i) => key(item) === null || items.findIndex((other) => key(other) === key(item)) === i);
}
