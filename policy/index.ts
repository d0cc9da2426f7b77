/** The policy pack: `pulumi preview --policy-pack policy`. It reads the stack's config, as the program does. */
import { PolicyPack } from "@pulumi/policy";
import { readPolicy } from "../app/config/read";
import { rawConfig } from "../stacks/config";
import { packPolicies } from "./pack";

const today = new Date().toISOString().slice(0, 10);

new PolicyPack("spectrum", { policies: packPolicies({ ...readPolicy(rawConfig()), today }) });
