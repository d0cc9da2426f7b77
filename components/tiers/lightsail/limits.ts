/**
 * What a Lightsail container service takes, as data. Sources: the Lightsail API model in botocore 1.44.5, and
 * https://docs.aws.amazon.com/general/latest/gr/lightsail.html where the line names it.
 */

/** Nodes of one service (ContainerServiceScale). */
export const MAX_SCALE = 20;
/** Containers of one deployment (quotas). */
export const MAX_CONTAINERS = 10;
/** Custom domains of one service, and certificates too (quotas). */
export const MAX_DOMAINS = 4;
/** Where all distributions and their certificates are (CreateCertificate). */
export const DISTRIBUTION_REGION = "us-east-1";
/** Characters of a service's name (ContainerServiceName): lower-case letters, digits and hyphens. */
export const SERVICE_NAME_LENGTH = 63;
/** Characters of a container's name (ContainerName), likewise. */
export const CONTAINER_NAME_LENGTH = 53;
/** Characters of a certificate's name; the first is a letter (CertificateName, and the provider's own check). */
export const CERTIFICATE_NAME_LENGTH = 255;

/** The health check of the public endpoint (ContainerServiceHealthCheckConfig); seconds. */
export const healthCheckLimits = {
  interval: { min: 5, max: 300, default: 5 },
  timeout: { min: 2, max: 60, default: 2 },
  threshold: { min: 2, max: 10, default: 2 },
} as const;

/** What counts as healthy: an answer, even one that asks to log in. The provider's own default. */
export const SUCCESS_CODES = "200-499";

/** Seconds between the activation of the puller's role and its first use: https://docs.aws.amazon.com/lightsail/latest/userguide/amazon-lightsail-container-service-ecr-private-repo-access.html */
export const PULLER_ROLE_SECONDS = 30;
/** Seconds that DNS and the certificate's issuer usually need. */
export const CERTIFICATE_SECONDS = 300;

/**
 * Route 53 zones of the container services' own domains: what an alias record needs. A region that is not here has no
 * container services. Source, read in November 2026:
 * https://docs.aws.amazon.com/lightsail/latest/userguide/amazon-lightsail-route-53-alias-record-for-container-service.html
 */
export const aliasZones: Readonly<Record<string, string>> = {
  "ap-east-1": "Z08783602ZZF1Q7DYQZ4Q",
  "ap-northeast-1": "Z0626125UAU4JWQ9JSKN",
  "ap-northeast-2": "Z06260262XZM84B2WPLHH",
  "ap-south-1": "Z10460781IQMISS0I0VVY",
  "ap-southeast-1": "Z0625921354DRJH4EY9V0",
  "ap-southeast-2": "Z09597943PQQZATPFE96E",
  "ap-southeast-3": "Z03072883T5HFTY4T7CDL",
  "ap-southeast-5": "Z09430204C5DXNNO314Y",
  "ca-central-1": "Z10450993RIRIJJUUMA5W",
  "eu-central-1": "Z06137433FV04OY4EC6L0",
  "eu-north-1": "Z016970523TDG2TZMUXKK",
  "eu-south-2": "Z09429752610EUUODCNMZ",
  "eu-west-1": "Z0624732FELAMMKW3Y21",
  "eu-west-2": "Z0624918ZXDYQZLOXA66",
  "eu-west-3": "Z09594631DSW2QUR7CFGO",
  "sa-east-1": "Z06385701RRVJGO1IDVWQ",
  "us-east-1": "Z06246771KYU0IRHI74W4",
  "us-east-2": "Z10362273VJ548563IY84",
  "us-west-2": "Z0959753D43BBB908BAV",
};
