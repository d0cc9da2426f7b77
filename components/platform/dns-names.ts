/** The environment's DNS names: hosted zones, certificates and records, each made once for a host. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { getDomain } from "tldts";
import type { EnvironmentConfig } from "../../app/config/types";
import { EDGE_REGION } from "./cdn/edge";
import { LightsailZone } from "./lightsail-zone";

/** What a name points to: another name of AWS's, or addresses. */
export type RecordTarget =
  | { readonly aliasName: pulumi.Input<string>; readonly aliasZoneId: pulumi.Input<string> }
  | { readonly addresses: pulumi.Input<string[]> };

/** A record that proves to a certificate authority whose name it is. */
export interface ValidationRecord {
  readonly name: pulumi.Input<string>;
  readonly type: pulumi.Input<string>;
  readonly value: pulumi.Input<string>;
}

/** Seconds that resolvers keep a record with addresses: short, for a change of tier is a change of record. */
const TTL = 60;

/**
 * Zones are looked up: by `hostedZoneId` for all hosts; by `hostedZoneName` for the hosts in it (made with
 * `createHostedZone`, 0.50 USD a month); else by the domain that was registered (`example.com` for `dev.shop.example.com`).
 * With `lightsailZoneName` all records are in that zone of Lightsail's instead. Certificates are free.
 */
export class DnsNames extends pulumi.ComponentResource {
  private readonly zones = new Map<string, pulumi.Output<string>>();
  private readonly certificates = new Map<string, pulumi.Output<string>>();
  private readonly records = new Map<string, pulumi.Resource>();
  private readonly validations = new Map<string, aws.route53.Record>();
  private readonly lightsailZone: LightsailZone | null;

  constructor(
    private readonly name: string,
    private readonly environment: EnvironmentConfig,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:platform:Names", name, {}, opts);
    const { lightsailZoneName: zone } = environment.platform;
    this.lightsailZone = zone === null ? null : new LightsailZone(name, zone, environment, this);
    this.registerOutputs({});
  }

  /** Id of the hosted zone that a host's records go to. */
  zoneId(host: string): pulumi.Output<string> {
    const { hostedZoneId, hostedZoneName, createHostedZone } = this.environment.platform;
    if (hostedZoneId !== null) return pulumi.output(hostedZoneId);
    const isInNamed = hostedZoneName !== null && `.${host}`.endsWith(`.${hostedZoneName}`);
    const zone = isInNamed ? hostedZoneName : registeredDomain(host);
    const known = this.zones.get(zone);
    if (known) return known;
    const id = isInNamed && createHostedZone ? this.makeZone(zone) : this.lookUpZone(zone);
    this.zones.set(zone, id);
    return id;
  }

  /** ARN of a validated ACM certificate for the host: the config's, or one of the host's own. */
  certificateArn(host: string): pulumi.Output<string> {
    const { certificateArn } = this.environment.platform;
    if (certificateArn !== null) return pulumi.output(certificateArn);
    const known = this.certificates.get(host);
    if (known) return known;
    const arn = this.makeCertificate(host);
    this.certificates.set(host, arn);
    return arn;
  }

  /** ARN of a validated ACM certificate for all the hosts of a distribution, where CloudFront looks for it. */
  edgeCertificateArn(hosts: readonly string[]): pulumi.Output<string> {
    const [first = "", ...others] = hosts;
    if (this.environment.platform.certificateArn === null) for (const host of hosts) this.certificateArn(host);
    const name = `${this.name}-${first}-edge`;
    const certificate = new aws.acm.Certificate(
      name,
      {
        domainName: first,
        ...(others.length > 0 && { subjectAlternativeNames: others }),
        validationMethod: "DNS",
        region: EDGE_REGION,
      },
      { parent: this },
    );
    return this.validated(name, certificate, hosts, EDGE_REGION);
  }

  /**
   * The host's A record, one URN whatever it points to, so that a change of tier changes it in place. `after`: what must
   * answer before the name leads there. The first target of a host is the one: two apps of one name share an entry.
   */
  record(host: string, target: RecordTarget, after: readonly pulumi.Resource[]): pulumi.Resource {
    const known = this.records.get(host);
    if (known) return known;
    const opts = { parent: this, dependsOn: [...after] };
    const record =
      this.lightsailZone?.record(`${this.name}-${host}`, host, target, opts) ??
      this.aliasOrAddresses(host, target, opts);
    this.records.set(host, record);
    return record;
  }

  private aliasOrAddresses(host: string, target: RecordTarget, opts: pulumi.CustomResourceOptions): aws.route53.Record {
    return new aws.route53.Record(
      `${this.name}-${host}`,
      {
        zoneId: this.zoneId(host),
        name: host,
        type: "A",
        ...("addresses" in target
          ? { ttl: TTL, records: target.addresses }
          : { aliases: [{ name: target.aliasName, zoneId: target.aliasZoneId, evaluateTargetHealth: false }] }),
      },
      opts,
    );
  }

  /** The record that validates a certificate for the host. `parent`: whose certificate it is. */
  validationRecord(name: string, host: string, record: ValidationRecord, parent: pulumi.Resource): pulumi.Resource {
    const opts = { parent };
    return this.lightsailZone?.validationRecord(name, record, opts) ?? this.proof(name, host, record, opts);
  }

  private proof(
    name: string,
    host: string,
    record: ValidationRecord,
    opts: pulumi.CustomResourceOptions,
  ): aws.route53.Record {
    return new aws.route53.Record(
      name,
      {
        zoneId: this.zoneId(host),
        name: record.name,
        type: record.type,
        records: [record.value],
        ttl: TTL,
        // the record of a name is the same for each of its certificates in the account
        allowOverwrite: true,
      },
      opts,
    );
  }

  private makeZone(zone: string): pulumi.Output<string> {
    // a zone that is made anew has other name servers, which the domain's registrar does not know
    const { protected: protect } = this.environment;
    const made = new aws.route53.Zone(`${this.name}-${zone}`, { name: zone }, { parent: this, protect });
    return made.zoneId;
  }

  private lookUpZone(zone: string): pulumi.Output<string> {
    return aws.route53.getZoneOutput({ name: zone, privateZone: false }, { parent: this }).zoneId;
  }

  /** One certificate for each host: adding a host leaves the others' alone. */
  private makeCertificate(host: string): pulumi.Output<string> {
    const name = `${this.name}-${host}`;
    const certificate = new aws.acm.Certificate(name, { domainName: host, validationMethod: "DNS" }, { parent: this });
    return this.validated(name, certificate, [host]);
  }

  /**
   * ACM asks for the same record for a host whatever the certificate and its region, so it is made once.
   * https://aws.amazon.com/certificate-manager/faqs/
   */
  private validated(
    name: string,
    certificate: aws.acm.Certificate,
    hosts: readonly string[],
    region?: string,
  ): pulumi.Output<string> {
    const records = hosts.map((host) => {
      const known = this.validations.get(host);
      if (known) return known;
      const option = certificate.domainValidationOptions.apply((options) =>
        options.find(({ domainName }) => domainName === host)!,
      );
      const proof = {
        name: option.resourceRecordName,
        type: option.resourceRecordType,
        value: option.resourceRecordValue,
      };
      const record = this.proof(`${this.name}-${host}-validation`, host, proof, { parent: this });
      this.validations.set(host, record);
      return record;
    });
    const validation = new aws.acm.CertificateValidation(
      name,
      {
        certificateArn: certificate.arn,
        validationRecordFqdns: records.map(({ fqdn }) => fqdn),
        ...(region !== undefined && { region }),
      },
      { parent: this },
    );
    return validation.certificateArn;
  }
}

/** The domain that somebody registered: `example.co.uk` for `a.b.example.co.uk`; the host's parent where no list knows it. */
export function registeredDomain(host: string): string {
  return getDomain(host) ?? host.slice(host.indexOf(".") + 1);
}
