/** Answers to the provider functions that programs call. */
import { randomBytes } from "node:crypto";

import { PLATFORMS, targetGroups } from "./beanstalk";
import { ACCOUNT_ID } from "./entity";
import { registryHost } from "./outputs";
import type { Values } from "./values";
import { text } from "./values";

type Answer = (inputs: Values, region: string) => Values;

const ANSWERS: Readonly<Record<string, Answer>> = {
  "aws:autoscaling/getGroup:getGroup": (inputs, region) => ({
    id: text(inputs.name),
    arn: `arn:aws:autoscaling:${region}:${ACCOUNT_ID}:autoScalingGroup:1:autoScalingGroupName/${text(inputs.name)}`,
    targetGroupArns: targetGroups(text(inputs.name), region, ACCOUNT_ID),
    ...inputs,
  }),
  "aws:elasticbeanstalk/getHostedZone:getHostedZone": () => ({ id: "Z117KPS5GTRQ2G" }),
  "aws:elasticbeanstalk/getSolutionStack:getSolutionStack": (inputs) => {
    const pattern = new RegExp(text(inputs.nameRegex), "u");
    const name = PLATFORMS.find((platform) => pattern.test(platform));
    if (!name) throw new Error(`no solution stack matches ${text(inputs.nameRegex)}`);
    return { id: name, name, ...inputs };
  },
  "aws:ec2/getManagedPrefixList:getManagedPrefixList": (inputs) => ({ id: "pl-3b927c52", ...inputs }),
  "aws:ec2/getSecurityGroup:getSecurityGroup": (inputs) => ({ vpcId: "vpc-existing", name: "given", ...inputs }),
  "aws:ec2/getSubnet:getSubnet": (inputs, region) => ({
    cidrBlock: "172.31.0.0/20",
    vpcId: "vpc-existing",
    availabilityZone: `${region}a`,
    ...inputs,
  }),
  "aws:ec2/getSubnets:getSubnets": (inputs) => ({ ...inputs, id: "subnets", ids: ["subnet-a", "subnet-b"] }),
  "aws:ec2/getVpc:getVpc": (inputs) => ({ id: "vpc-existing", cidrBlock: "172.31.0.0/16", ...inputs }),
  "aws:ecr/getAuthorizationToken:getAuthorizationToken": (_, region) => ({
    id: region,
    authorizationToken: "QVdTOnA=",
    expiresAt: "2100-01-01T00:00:00Z",
    password: "p",
    userName: "AWS",
    proxyEndpoint: `https://${registryHost(region)}`,
  }),
  "aws:eks/getAddonVersion:getAddonVersion": (inputs) => ({
    id: text(inputs.addonName),
    version: "v1.0.0-eksbuild.1",
    ...inputs,
  }),
  "aws:lb/getTargetGroup:getTargetGroup": (inputs) => ({
    id: text(inputs.arn),
    arnSuffix: text(inputs.arn).slice(text(inputs.arn).indexOf("targetgroup/")),
    ...inputs,
  }),
  "aws:eks/getCluster:getCluster": (inputs, region) => ({
    id: text(inputs.name),
    endpoint: `https://1.gr7.${region}.eks.amazonaws.com`,
    certificateAuthorities: [{ data: "Y2E=" }],
    vpcConfig: { clusterSecurityGroupId: "sg-of-the-cluster", vpcId: "vpc-existing" },
    ...inputs,
  }),
  "aws:iam/getPolicyDocument:getPolicyDocument": ({ statements }) => ({
    id: "document",
    json: JSON.stringify({ Version: "2012-10-17", Statement: statements ?? [] }),
  }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": (inputs, region) => ({
    ...inputs,
    id: region,
    names: ["a", "b", "c"].map((zone) => region + zone),
    zoneIds: ["1", "2", "3"].map((zone) => `zone-${zone}`),
    groupNames: [region],
  }),
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({
    id: ACCOUNT_ID,
    accountId: ACCOUNT_ID,
    arn: `arn:aws:iam::${ACCOUNT_ID}:user/somebody`,
    userId: "AIDA",
  }),
  "aws:index/getDefaultTags:getDefaultTags": () => ({ id: "tags", tags: {} }),
  "aws:index/getPartition:getPartition": () => ({
    id: "aws",
    partition: "aws",
    dnsSuffix: "amazonaws.com",
    reverseDnsPrefix: "com.amazonaws",
  }),
  "aws:index/getRegion:getRegion": (_, region) => ({ id: region, name: region, region, description: "", endpoint: "" }),
  "aws:lb/getHostedZoneId:getHostedZoneId": (inputs) => ({ id: "Z35SXDOTRQ7X7K", ...inputs }),
  "aws:route53/getZone:getZone": (inputs) => ({
    id: "ZEXISTING",
    zoneId: "ZEXISTING",
    name: "example.com",
    arn: "arn:aws:route53:::hostedzone/ZEXISTING",
    ...inputs,
  }),
  // another one each time
  "aws:secretsmanager/getRandomPassword:getRandomPassword": (inputs) => ({
    id: "random",
    randomPassword: randomBytes(48)
      .toString("hex")
      .slice(0, Number(inputs.passwordLength ?? 32)),
    ...inputs,
  }),
  "aws:secretsmanager/getSecretVersion:getSecretVersion": (inputs) => ({
    id: text(inputs.secretId),
    secretString: "existing",
    ...inputs,
  }),
  "aws:ssm/getParameter:getParameter": (inputs) => ({
    id: text(inputs.name),
    arn: `arn:aws:ssm:::parameter${text(inputs.name)}`,
    value: "existing",
    type: "String",
    version: 1,
    ...inputs,
  }),
};

/** Undefined for a function that the stand-in does not know. */
export function answer(token: string, inputs: Values, region: string): Values | undefined {
  return ANSWERS[token]?.(inputs, region);
}

/** The functions that the stand-in knows, for other mocks. */
export const answered: readonly string[] = Object.keys(ANSWERS);
