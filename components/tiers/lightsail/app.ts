/** An app on a Lightsail container service. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { environmentPrefix, slug } from "../../names";
import type { Endpoint, HostArgs, HostedApp, HostedService, LightsailOrigin } from "../tier";
import { deploymentOf, loginOf, type Container, type Deployment } from "./deployment";
import {
  aliasZones,
  CERTIFICATE_NAME_LENGTH,
  CONTAINER_NAME_LENGTH,
  DISTRIBUTION_REGION,
  SERVICE_NAME_LENGTH,
} from "./limits";
import { settingsOf, type LightsailSettings } from "./settings";
import { Wait } from "./wait";

type ContainerInput = aws.types.input.lightsail.ContainerServiceDeploymentVersionContainer;

/** A certificate that has had its time to be validated. */
interface ProvedCertificate {
  readonly host: string;
  readonly certificate: aws.lightsail.Certificate;
  readonly proved: Wait;
}

/**
 * One container service for the app (nano 7 USD a month for each node, xlarge 160; billed until it is deleted, with or
 * without a deployment) and its deployment: all containers on one localhost, one of them public.
 *
 * The order is AWS's: certificates, their proof and a wait; the service with them and with its role; a wait; the role's
 * place in each repository's policy; the deployment.
 */
export class LightsailApp extends pulumi.ComponentResource implements HostedApp {
  readonly services: Readonly<Record<string, HostedService>>;

  private readonly settings: LightsailSettings;
  private readonly deployment: Deployment;

  constructor(
    private readonly name: string,
    private readonly args: HostArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:lightsail:App", name, {}, opts);
    this.settings = settingsOf(args.placement.settings);
    this.deployment = deploymentOf(args.app, args.placement);

    const certificates = this.deployment.domains.map((host) => this.makeCertificate(host));
    const service = this.makeService(certificates);
    const pullable = this.letServicePull(service);
    const version = this.makeDeployment(service, pullable);
    this.services = this.describeServices(service, version, certificates);

    this.registerOutputs({ containerService: service.name, url: service.url, revision: version?.id });
  }

  /** A certificate of the host's own, so that adding a name leaves the others' alone. Free; 20 a year in a region. */
  private makeCertificate(host: string): ProvedCertificate {
    const { names } = this.args.platform;
    const logicalName = `${this.name}-${host}`;
    const certificate = new aws.lightsail.Certificate(
      logicalName,
      { name: this.physicalName(host, CERTIFICATE_NAME_LENGTH), domainName: host },
      { parent: this },
    );
    // one name, so one answer
    const option = certificate.domainValidationOptions.apply((options) => options[0]!);
    const record = names.validationRecord(
      `${logicalName}-validation`,
      host,
      { name: option.resourceRecordName, type: option.resourceRecordType, value: option.resourceRecordValue },
      this,
    );
    const proved = new Wait(
      `${logicalName}-validation`,
      {
        seconds: this.settings.certificateWait,
        reason: "a Lightsail certificate is validated some minutes after its DNS record is there",
        after: certificate.arn,
      },
      { parent: this, dependsOn: [record] },
    );
    return { host, certificate, proved };
  }

  private makeService(certificates: readonly ProvedCertificate[]): aws.lightsail.ContainerService {
    const { power, scale, containers } = this.deployment;
    const pullsFromEcr = containers.some(({ pull }) => pull !== "public");
    return new aws.lightsail.ContainerService(
      this.name,
      {
        name: this.physicalName(null, SERVICE_NAME_LENGTH),
        power: power.power,
        scale,
        ...(containers.length === 0 && { isDisabled: true }),
        ...(pullsFromEcr && { privateRegistryAccess: { ecrImagePullerRole: { isActive: true } } }),
        ...(certificates.length > 0 && {
          publicDomainNames: {
            certificates: certificates.map(({ host, certificate }) => ({
              certificateName: certificate.name,
              domainNames: [host],
            })),
          },
        }),
      },
      { parent: this, dependsOn: certificates.map(({ proved }) => proved) },
    );
  }

  /** The service's role may pull from the app's own repositories; what the deployment waits for. */
  private letServicePull(service: aws.lightsail.ContainerService): readonly pulumi.Resource[] {
    const own = this.deployment.containers.filter(({ pull }) => pull === "own-repository");
    if (own.length === 0) return [];
    const role = service.privateRegistryAccess.apply(
      ({ ecrImagePullerRole }) => ecrImagePullerRole?.principalArn ?? "",
    );
    const ready = new Wait(
      `${this.name}-puller-role`,
      {
        seconds: this.settings.pullerRoleWait,
        reason: "a new role that pulls from ECR cannot be named in a policy at once",
        after: role,
      },
      { parent: this },
    );
    return own.flatMap(({ service: { name } }) => {
      this.args.images.of(name);
      return this.args.images.letPull(name, pullStatement(role), [ready]) ?? [];
    });
  }

  /** `null` where no service has a container: AWS takes no empty deployment. */
  private makeDeployment(
    service: aws.lightsail.ContainerService,
    pullable: readonly pulumi.Resource[],
  ): aws.lightsail.ContainerServiceDeploymentVersion | null {
    const { containers, endpoint } = this.deployment;
    if (containers.length === 0) return null;
    const byName = [...containers].sort((a, b) => (a.service.name < b.service.name ? -1 : 1));
    return new aws.lightsail.ContainerServiceDeploymentVersion(
      this.name,
      {
        serviceName: service.name,
        containers: byName.map((container) => this.containerInput(container)),
        ...(endpoint && {
          publicEndpoint: {
            containerName: containerName(endpoint.point.service),
            containerPort: endpoint.point.port,
            healthCheck: { ...endpoint.healthCheck },
          },
        }),
      },
      {
        parent: this,
        dependsOn: [...pullable],
        customTimeouts: { create: `${this.args.placement.timeToFail}s` },
      },
    );
  }

  private containerInput({ service, command, environment }: Container): ContainerInput {
    const { secrets } = this.args;
    const localhost = () => "localhost";
    const variables = Object.entries(environment).map(([key, value]) => [key, secrets.resolve(value, localhost)]);
    const { endpoint } = this.deployment;
    return {
      containerName: containerName(service.name),
      image: this.imageUri(service.name),
      ...(command && { commands: command.map((word) => secrets.resolve(word, localhost)) }),
      ...(variables.length > 0 && {
        environment: Object.fromEntries(variables) as Record<string, pulumi.Output<string>>,
      }),
      // nothing but the public endpoint: a port that is open here is open to the account's other Lightsail resources
      ...(endpoint?.point.service === service.name && { ports: { [endpoint.point.port]: endpoint.protocol } }),
    };
  }

  /** An image of a registry that the config has a login for is pulled as it stands: there is no place for the login. */
  private imageUri(name: string): pulumi.Input<string> {
    const service = this.args.app.services[name];
    const login = service && loginOf(service, this.args.placement);
    return login === null || !service?.image ? this.args.images.of(name).uri : service.image;
  }

  private describeServices(
    service: aws.lightsail.ContainerService,
    version: aws.lightsail.ContainerServiceDeploymentVersion | null,
    certificates: readonly ProvedCertificate[],
  ): Record<string, HostedService> {
    const { containers, endpoint } = this.deployment;
    const revision = version?.id ?? pulumi.output("");
    return Object.fromEntries(
      containers.map(({ service: { name } }): [string, HostedService] => [
        name,
        {
          endpoints:
            endpoint?.point.service === name ? { [endpoint.point.port]: this.endpoint(service, certificates) } : {},
          identity: null,
          revision,
          target: { tier: "lightsail", containerService: service.name, container: containerName(name) },
          ready: version ?? service,
        },
      ]),
    );
  }

  private endpoint({ name, url }: aws.lightsail.ContainerService, [first]: readonly ProvedCertificate[]): Endpoint {
    const { region } = this.args.placement.environment;
    const zone = aliasZones[region] ?? "";
    // a region has one certificate for a domain, and a distribution's are in its own
    const shared = region === DISTRIBUTION_REGION && first ? { certificateName: first.certificate.name } : {};
    const aliasName = url.apply((text) => text.replace(/^https:\/\//u, "").replace(/\/$/u, ""));
    const origin: LightsailOrigin = { name, protocol: "https-only", ...shared };
    return { kind: "alias", aliasName, aliasZoneId: pulumi.output(zone), url, origin };
  }

  /** `spectrum-dev-shop`, with the host for a certificate; a name is unique in the account's region. */
  private physicalName(host: string | null, length: number): string {
    const { environment, app } = this.args.placement;
    const words = [environmentPrefix(environment.name), app, ...(host === null ? [] : [host])];
    return slug(words.join("-"), length);
  }
}

/** The name of a service's container: letters, digits and hyphens. */
export function containerName(service: string): string {
  return slug(service, CONTAINER_NAME_LENGTH);
}

/** https://docs.aws.amazon.com/lightsail/latest/userguide/amazon-lightsail-container-service-ecr-private-repo-access.html */
const pullStatement = (role: pulumi.Output<string>) => ({
  Sid: "LightsailPull",
  Effect: "Allow",
  Principal: { AWS: role },
  Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
});
