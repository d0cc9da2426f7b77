/** What a deployer must be allowed for the provider functions that the program calls (`plan/lookups.ts`). Pure data. */
import { asking, type Grant } from "./grant";

const free = asking({});
const ec2 = (names: string): Grant => asking({ ec2: names });
const balancers = (names: string): Grant => asking({ elasticloadbalancing: names });

/** By the function's token. */
export const lookupGrants: Readonly<Record<string, Grant>> = {
  // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html: needs no permission
  "aws:index/getCallerIdentity:getCallerIdentity": free,
  // the provider knows these by itself
  "aws:index/getRegion:getRegion": free,
  "aws:index/getPartition:getPartition": free,
  "aws:elasticbeanstalk/getHostedZone:getHostedZone": free,
  "aws:lb/getHostedZoneId:getHostedZoneId": free,
  "aws:index/getAvailabilityZones:getAvailabilityZones": ec2("DescribeAvailabilityZones"),
  "aws:ec2/getVpc:getVpc": ec2("DescribeVpcs DescribeVpcAttribute DescribeRouteTables"),
  "aws:ec2/getSubnet:getSubnet": ec2("DescribeSubnets"),
  "aws:ec2/getSubnets:getSubnets": ec2("DescribeSubnets"),
  "aws:ec2/getSecurityGroup:getSecurityGroup": ec2("DescribeSecurityGroups"),
  "aws:ec2/getRouteTable:getRouteTable": ec2("DescribeRouteTables"),
  "aws:ec2/getRouteTables:getRouteTables": ec2("DescribeRouteTables"),
  "aws:ec2/getAmi:getAmi": ec2("DescribeImages"),
  "aws:ec2/getPrefixList:getPrefixList": ec2("DescribePrefixLists"),
  "aws:ec2/getManagedPrefixList:getManagedPrefixList": ec2("DescribeManagedPrefixLists GetManagedPrefixListEntries"),
  "aws:acm/getCertificate:getCertificate": asking({
    acm: "ListCertificates DescribeCertificate GetCertificate ListTagsForCertificate",
  }),
  "aws:autoscaling/getGroup:getGroup": asking({ autoscaling: "DescribeAutoScalingGroups" }),
  "aws:ecr/getRepository:getRepository": asking({ ecr: "DescribeRepositories DescribeImages ListTagsForResource" }),
  "aws:ecr/getAuthorizationToken:getAuthorizationToken": asking({ ecr: "GetAuthorizationToken" }),
  "aws:ecs/getCluster:getCluster": asking({ ecs: "DescribeClusters" }),
  "aws:eks/getAddonVersion:getAddonVersion": asking({ eks: "DescribeAddonVersions" }),
  "aws:eks/getCluster:getCluster": asking({ eks: "DescribeCluster" }),
  // a signed call of STS, which the cluster makes
  "aws:eks/getClusterAuth:getClusterAuth": free,
  "aws:elasticbeanstalk/getSolutionStack:getSolutionStack": asking({ elasticbeanstalk: "ListAvailableSolutionStacks" }),
  "aws:lb/getLoadBalancer:getLoadBalancer": balancers(
    "DescribeLoadBalancers DescribeLoadBalancerAttributes DescribeTags",
  ),
  "aws:lb/getTargetGroup:getTargetGroup": balancers(
    "DescribeTargetGroups DescribeTargetGroupAttributes DescribeTargetHealth DescribeTags",
  ),
  "aws:lb/getListener:getListener": balancers("DescribeListeners DescribeListenerAttributes DescribeTags"),
  "aws:route53/getZone:getZone": asking({
    route53: "ListHostedZones ListHostedZonesByName GetHostedZone ListResourceRecordSets ListTagsForResource",
  }),
  "aws:secretsmanager/getRandomPassword:getRandomPassword": asking({ secretsmanager: "GetRandomPassword" }),
  "aws:secretsmanager/getSecret:getSecret": asking({ secretsmanager: "DescribeSecret GetResourcePolicy" }),
  "aws:secretsmanager/getSecretVersion:getSecretVersion": asking({
    secretsmanager: "GetSecretValue ListSecretVersionIds",
  }),
  // AWS's own parameters, of images
  "aws:ssm/getParameter:getParameter": asking({ ssm: "GetParameter" }, { "ssm/parameter": "aws/service/*" }),
};
