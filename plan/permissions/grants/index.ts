import type { Grants } from "../grant";
import { beanstalk } from "./beanstalk";
import { containers } from "./containers";
import { data } from "./data";
import { entry } from "./entry";
import { lightsail } from "./lightsail";
import { messages } from "./messages";
import { network } from "./network";
import { operations } from "./operations";

/**
 * By Pulumi's type token. Read in November 2026 from the handlers' permissions in CloudFormation's resource schemas (as
 * pulumi-aws-native 2026-08-07 carries them, https://github.com/pulumi/pulumi-aws-native/tree/master/aws-cloudformation-schema),
 * and from what the resources of Pulumi's AWS provider 7 call.
 */
export const grants: Grants = {
  ...network,
  ...entry,
  ...containers,
  ...data,
  ...lightsail,
  ...messages,
  ...operations,
  ...beanstalk,
};
