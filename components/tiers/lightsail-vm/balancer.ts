/** The Lightsail load balancer before several machines, with its certificate. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childName, environmentPrefix, slug } from "../../names";
import type { DnsNames } from "../../platform/dns-names";
import { Wait } from "../lightsail/wait";
import type { Machine } from "./machine";

export interface BalancerArgs {
  readonly app: string;
  readonly environment: string;
  readonly region: string;
  readonly healthCheckPath: string;
  /** The names that it has a certificate for, in the config's order. */
  readonly hosts: readonly string[];
  readonly names: DnsNames;
  readonly machines: readonly Machine[];
  /** What has to run before a machine is asked. */
  readonly after: pulumi.Resource;
}

const NAME_LENGTH = 255;
/** Seconds that DNS and the certificate's issuer usually need. */
const CERTIFICATE_SECONDS = 300;

/** 18 USD a month, its certificate free. HTTP on 80, sent on to 443 where there are names. */
export class Balancer extends pulumi.ComponentResource {
  readonly balancer: aws.lightsail.Lb;
  /** What a name may wait for. */
  readonly ready: pulumi.Resource;
  readonly aliasZoneId: pulumi.Output<string>;

  constructor(
    private readonly name: string,
    private readonly args: BalancerArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:lightsail-vm:Balancer", name, {}, opts);
    this.balancer = this.makeBalancer();
    const attachments = args.machines.map((machine) => this.attach(machine));
    this.ready = args.hosts.length > 0 ? this.secure(attachments) : attachments[0]!;
    // its address is one of Elastic Load Balancing's, which Route 53 has a zone for in each region
    this.aliasZoneId = aws.lb.getHostedZoneIdOutput(
      { region: args.region, loadBalancerType: "application" },
      { parent: this },
    ).id;
    this.registerOutputs({ dnsName: this.balancer.dnsName });
  }

  private makeBalancer(): aws.lightsail.Lb {
    const { healthCheckPath } = this.args;
    return new aws.lightsail.Lb(
      this.name,
      { name: this.physicalName("lb"), instancePort: 80, healthCheckPath, ipAddressType: "ipv4" },
      { parent: this },
    );
  }

  private attach({ instance, tag }: Machine): aws.lightsail.LbAttachment {
    const number = tag.split("-").slice(-2).join("-");
    return new aws.lightsail.LbAttachment(
      childName(this.name, number),
      { lbName: this.balancer.name, instanceName: instance.name },
      { parent: this, dependsOn: [this.args.after] },
    );
  }

  /** One certificate for all names: a load balancer takes one. Another set of names is another certificate. */
  private secure(attachments: readonly pulumi.Resource[]): pulumi.Resource {
    const { hosts, names } = this.args;
    const [first = "", ...others] = hosts;
    const key = slug(hosts.join("-"), 40);
    const certificate = new aws.lightsail.LbCertificate(
      childName(this.name, key),
      {
        lbName: this.balancer.name,
        name: this.physicalName(key),
        domainName: first,
        subjectAlternativeNames: others.length > 0 ? [first, ...others] : undefined,
      },
      { parent: this },
    );
    const records = hosts.map((host, i) => {
      const option = certificate.domainValidationRecords.apply((options) => options[i]!);
      const value = {
        name: option.apply(({ resourceRecordName }) => resourceRecordName ?? ""),
        type: option.apply(({ resourceRecordType }) => resourceRecordType ?? ""),
        value: option.apply(({ resourceRecordValue }) => resourceRecordValue ?? ""),
      };
      return names.validationRecord(childName(this.name, host, "validation"), host, value, this);
    });
    const proved = new Wait(
      childName(this.name, key, "validation"),
      {
        seconds: CERTIFICATE_SECONDS,
        reason: "a Lightsail certificate is validated some minutes after its DNS record is there",
        after: certificate.arn,
      },
      { parent: this, dependsOn: records },
    );
    const attachment = new aws.lightsail.LbCertificateAttachment(
      childName(this.name, key),
      { lbName: this.balancer.name, certificateName: certificate.name },
      { parent: this, dependsOn: [proved, ...attachments] },
    );
    return new aws.lightsail.LbHttpsRedirectionPolicy(
      this.name,
      { lbName: this.balancer.name, enabled: true },
      { parent: this, dependsOn: [attachment] },
    );
  }

  private physicalName(what: string): string {
    const { app, environment } = this.args;
    return slug(`${environmentPrefix(environment)}-${app}-vm-${what}`, NAME_LENGTH);
  }
}
