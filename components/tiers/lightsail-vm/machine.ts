/** One machine of an app: its registration, the instance, its firewall. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childName, environmentPrefix, slug } from "../../names";
import { Wait } from "../lightsail/wait";
import { generationOf, userData } from "./bootstrap";
import type { Layout } from "./layout";
import { BLUEPRINT, RESOURCE_NAME_LENGTH } from "./limits";
import type { MachineRole } from "./role";
import type { LightsailVmSettings } from "./settings";

export interface MachineArgs {
  readonly app: string;
  readonly environment: string;
  readonly region: string;
  /** From 1. */
  readonly number: number;
  readonly layout: Layout;
  readonly settings: LightsailVmSettings;
  readonly role: MachineRole;
}

/** The machine is there before any revision, so its making is no part of `timeToFail`. */
const CREATE_TIMEOUT = "10m";

/** The tag that the association finds its machines by. */
export const NODE_TAG = "SpectrumMachine";

/**
 * A Lightsail instance that registers itself as a managed node when it first starts.
 *
 * The registration's code has to be in the user data, and a change of the user data would replace the machine: so it is
 * ignored from then on. Pulumi then gives a replaced instance its first user data again, whose code has been used up. That is
 * why everything that makes another machine is part of the logical name: another machine is another resource, with a code of
 * its own. The code is good for one registration and for a day, and a secret in state and plan.
 */
export class Machine extends pulumi.ComponentResource {
  readonly instance: aws.lightsail.Instance;
  readonly ports: aws.lightsail.InstancePublicPorts;
  /** Done when the machine has had its time to register. */
  readonly registered: Wait;
  /** The value of `NODE_TAG` of this machine's node. */
  readonly tag: string;

  constructor(
    name: string,
    private readonly args: MachineArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const { layout, settings, region, number } = args;
    const zone = zoneOf(args);
    const generation = generationOf({
      bundle: layout.bundle.id,
      blueprint: BLUEPRINT,
      zone,
      region,
      generation: settings.generation,
    });
    super("spectrum:lightsail-vm:Machine", childName(name, String(number)), {}, opts);
    const childBase = childName(name, String(number), generation);
    this.tag = `${environmentPrefix(args.environment)}-${args.app}-${number}-${generation}`;
    const activation = this.register(childBase);
    this.instance = this.makeInstance(childBase, zone, activation);
    this.ports = this.openPorts(childBase);
    this.registered = this.waitForNode(childBase);
    this.registerOutputs({ instance: this.instance.name });
  }

  /** Free: up to 1,000 managed nodes of an account are in the standard tier. */
  private register(name: string): aws.ssm.Activation {
    const { app, role } = this.args;
    return new aws.ssm.Activation(
      name,
      {
        description: `the machine of ${app}`,
        iamRole: role.role.name,
        registrationLimit: 1,
        tags: { [NODE_TAG]: this.tag },
      },
      { parent: this, dependsOn: [role.policy], additionalSecretOutputs: ["activationCode"] },
    );
  }

  private makeInstance(name: string, zone: string, activation: aws.ssm.Activation): aws.lightsail.Instance {
    const { layout, settings, region } = this.args;
    const { snapshots } = settings;
    const code = pulumi.secret(activation.activationCode);
    return new aws.lightsail.Instance(
      name,
      {
        name: slug(this.tag, RESOURCE_NAME_LENGTH),
        availabilityZone: zone,
        blueprintId: BLUEPRINT,
        bundleId: layout.bundle.id,
        ipAddressType: "ipv4",
        userData: pulumi.all([activation.id, code]).apply(([id, secret]) => userData({ id, code: secret, region })),
        ...(snapshots !== null && { addOn: { type: "AutoSnapshot", snapshotTime: snapshots, status: "Enabled" } }),
      },
      {
        parent: this,
        ignoreChanges: ["userData"],
        customTimeouts: { create: CREATE_TIMEOUT },
      },
    );
  }

  /**
   * An association for machines that are not registered yet counts as done, so the provider would not wait for it:
   * https://github.com/hashicorp/terraform-provider-aws/issues/31175
   */
  private waitForNode(name: string): Wait {
    return new Wait(
      name,
      {
        seconds: this.args.settings.registrationWait,
        reason: "a new machine installs Docker and registers itself with Systems Manager",
        after: this.instance.arn,
      },
      { parent: this },
    );
  }

  /**
   * The published ports and nothing else: 22, which Lightsail opens by itself, is closed by it. Closing the old ports closes
   * those too that are open again, so the old set goes before the new one comes. Without any port one stands there that
   * nobody can call, for an empty set is not taken.
   */
  private openPorts(name: string): aws.lightsail.InstancePublicPorts {
    const { open } = this.args.layout;
    const portInfos = open.map(({ port, protocol }) => ({
      fromPort: port,
      toPort: port,
      protocol,
      cidrs: ["0.0.0.0/0"],
    }));
    const nobody = [{ fromPort: 22, toPort: 22, protocol: "tcp", cidrs: ["127.0.0.1/32"] }];
    return new aws.lightsail.InstancePublicPorts(
      name,
      { instanceName: this.instance.name, portInfos: portInfos.length > 0 ? portInfos : nobody },
      { parent: this, deleteBeforeReplace: true },
    );
  }
}

/** The zone of a machine: the disk has to be in that of the first. */
export function zoneOf({ region, number, settings }: Pick<MachineArgs, "region" | "number" | "settings">): string {
  const { zones } = settings;
  return `${region}${zones[(number - 1) % zones.length] ?? "a"}`;
}
