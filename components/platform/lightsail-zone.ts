/** A Lightsail DNS zone, in the place of Route 53's hosted zones. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../app/config/types";
import { EDGE_REGION } from "./cdn/edge";
import type { RecordTarget, ValidationRecord } from "./dns-names";

/** Free; six in an account, and a domain in one of them. Its API is in us-east-1 alone. */
export class LightsailZone {
  private readonly domainName: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly zone: string,
    { platform, protected: protect }: EnvironmentConfig,
    parent: pulumi.Resource,
  ) {
    // a zone that is made anew has other name servers, which the domain's registrar does not know
    this.domainName = platform.createLightsailZone
      ? new aws.lightsail.Domain(`${name}-${zone}`, { domainName: zone, region: EDGE_REGION }, { parent, protect })
          .domainName
      : pulumi.output(zone);
  }

  /** An entry cannot be changed, and a name has one: the old one goes first, so for some seconds there is none. */
  record(
    name: string,
    host: string,
    target: RecordTarget,
    opts: pulumi.CustomResourceOptions,
  ): aws.lightsail.DomainEntry {
    const isAlias = "aliasName" in target;
    return new aws.lightsail.DomainEntry(
      name,
      {
        domainName: this.domainName,
        name: this.inZone(host),
        type: "A",
        isAlias,
        target: isAlias ? target.aliasName : pulumi.output(target.addresses).apply(([first = ""]) => first),
        region: EDGE_REGION,
      },
      { ...opts, deleteBeforeReplace: true },
    );
  }

  validationRecord(
    name: string,
    record: ValidationRecord,
    opts: pulumi.CustomResourceOptions,
  ): aws.lightsail.DomainEntry {
    return new aws.lightsail.DomainEntry(
      name,
      {
        domainName: this.domainName,
        name: pulumi.output(record.name).apply((full) => this.inZone(full)),
        type: record.type,
        target: record.value,
        region: EDGE_REGION,
      },
      opts,
    );
  }

  /** `shop` for `shop.example.com`, and nothing for the zone itself: what the provider takes and reads. */
  private inZone(host: string): string {
    const bare = host.replace(/\.$/u, "");
    if (bare === this.zone) return "";
    return bare.endsWith(`.${this.zone}`) ? bare.slice(0, -(this.zone.length + 1)) : bare;
  }
}
