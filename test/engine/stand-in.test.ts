/** The stand-in cloud refuses what AWS refuses: each of its rules, asked over Pulumi's provider protocol. */
import assert from "node:assert/strict";

import type { Thing } from "./provider-client";
import { ProviderClient } from "./provider-client";
import { PLATFORMS } from "./stand-in/beanstalk";
import { Cloud } from "./stand-in/cloud";
import { API_DELETES, apiNeeds } from "./stand-in/rules/apis";
import { CAPACITY_DELETES, CAPACITY_NEEDS } from "./stand-in/rules/capacity";
import { DATABASE_DELETES, DATABASE_NEEDS } from "./stand-in/rules/databases";
import { EDGE_DELETES, EDGE_NEEDS } from "./stand-in/rules/edge";
import { NEEDS } from "./stand-in/rules/needed";
import { QUEUE_NEEDS } from "./stand-in/rules/queues";
import { takenTypes } from "./stand-in/rules/taken";
import { DELETE_CHECKS, heldPairs } from "./stand-in/rules/used";
import { knownTypes } from "./stand-in/types";
import type { Values } from "./stand-in/values";
import { SECRET, SIGNATURE, UNKNOWN } from "./stand-in/values";

const ACTIVATION = "aws:ssm/activation:Activation";
const APPLICATION = "aws:elasticbeanstalk/application:Application";
const APPLICATION_VERSION = "aws:elasticbeanstalk/applicationVersion:ApplicationVersion";
const BEANSTALK = "aws:elasticbeanstalk/environment:Environment";
const ACM = "aws:acm/certificate:Certificate";
const ADDRESS = "aws:lightsail/staticIp:StaticIp";
const ADDRESS_ATTACHMENT = "aws:lightsail/staticIpAttachment:StaticIpAttachment";
const ASSOCIATION = "aws:ssm/association:Association";
const BALANCER = "aws:lightsail/lb:Lb";
const BALANCER_ATTACHMENT = "aws:lightsail/lbAttachment:LbAttachment";
const BALANCER_CERTIFICATE = "aws:lightsail/lbCertificate:LbCertificate";
const BUCKET = "aws:s3/bucket:Bucket";
const CLUSTER = "aws:ecs/cluster:Cluster";
const CONTAINERS = "aws:lightsail/containerService:ContainerService";
const DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";
const CERTIFICATE_ATTACHMENT = "aws:lightsail/lbCertificateAttachment:LbCertificateAttachment";
const DISK = "aws:lightsail/disk:Disk";
const DISK_ATTACHMENT = "aws:lightsail/disk_attachment:Disk_attachment";
const DOCUMENT = "aws:ssm/document:Document";
const INSTANCE = "aws:lightsail/instance:Instance";
const PORTS = "aws:lightsail/instancePublicPorts:InstancePublicPorts";
const REDIRECTION = "aws:lightsail/lbHttpsRedirectionPolicy:LbHttpsRedirectionPolicy";
const DEPLOYMENT = "aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion";
const CONTROLLER = "kubernetes:helm.sh/v3:Release";
const BINDING = "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding";
const KUBERNETES = "aws:eks/cluster:Cluster";
const NODES = "aws:eks/nodeGroup:NodeGroup";
const OBJECTS = "kubernetes:core/v1:Namespace";
const PODS = "kubernetes:apps/v1:Deployment";
const KUBERNETES_JOB = "kubernetes:batch/v1:Job";
const PROFILE = "aws:eks/fargateProfile:FargateProfile";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const EIP = "aws:ec2/eip:Eip";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
const FILES = "aws:efs/fileSystem:FileSystem";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const IGW = "aws:ec2/internetGateway:InternetGateway";
const IMAGE = "docker-build:index:Image";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const LB = "aws:lb/loadBalancer:LoadBalancer";
const LIGHTSAIL_CERTIFICATE = "aws:lightsail/certificate:Certificate";
const LISTENER = "aws:lb/listener:Listener";
const LOGS = "aws:cloudwatch/logGroup:LogGroup";
const NAMESPACE = "aws:servicediscovery/httpNamespace:HttpNamespace";
const NAT = "aws:ec2/natGateway:NatGateway";
const POLICY = "aws:iam/policy:Policy";
const RECORD = "aws:route53/record:Record";
const REPOSITORY = "aws:ecr/repository:Repository";
const REPOSITORY_POLICY = "aws:ecr/repositoryPolicy:RepositoryPolicy";
const ROLE = "aws:iam/role:Role";
const RULE = "aws:lb/listenerRule:ListenerRule";
const SECRETS = "aws:secretsmanager/secret:Secret";
const SERVICE = "aws:ecs/service:Service";
const SUBNET = "aws:ec2/subnet:Subnet";
const TARGET = "aws:efs/mountTarget:MountTarget";
const TARGET_GROUP = "aws:lb/targetGroup:TargetGroup";
const VPC = "aws:ec2/vpc:Vpc";
const WAIT = "pulumi-nodejs:dynamic/spectrum:Wait";
const ZONE = "aws:route53/zone:Zone";

let cloud: Cloud;
let client: ProviderClient;

/** Makes the resource; the logical name counts up where none is given. */
const make = (type: string, inputs: Values = {}, name = `${type.split(":").at(-1)}${cloud.everything.length}`) =>
  client.create(type, name, inputs);

async function refuses(action: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(action, (error: Error) => {
    assert.match(error.message, message);
    return true;
  });
}

/** A VPC with its gateway and two subnets in two zones. */
async function makeNetwork() {
  const vpc = await make(VPC, { cidrBlock: "10.0.0.0/16" });
  const gateway = await make(IGW, { vpcId: vpc.id });
  const subnets = [
    await make(SUBNET, { vpcId: vpc.id, cidrBlock: "10.0.0.0/20", availabilityZone: "us-east-1a" }),
    await make(SUBNET, { vpcId: vpc.id, cidrBlock: "10.0.16.0/20", availabilityZone: "us-east-1b" }),
  ];
  return { vpc, gateway, subnets, subnetIds: subnets.map(({ id }) => id) };
}

const forward = (group: Thing) => [{ type: "forward", targetGroupArn: group.arn }];
const makeGroup = () => make(TARGET_GROUP, { port: 80, protocol: "HTTP" });

/** A load balancer with a listener that answers by itself. */
async function makeEntry(port = 80) {
  const balancer = await make(LB, { internal: true });
  const listener = await make(LISTENER, {
    loadBalancerArn: balancer.arn,
    port,
    defaultActions: [{ type: "fixed-response" }],
  });
  return { balancer, listener };
}

const setting = (namespace: string, name: string, value: string) => ({ namespace, name, value });

/** What an environment of Beanstalk's needs, and its inputs. */
async function makeBeanstalk(name = "shop", more: readonly Values[] = [], rest: Values = {}) {
  const profile = cloud.all("aws:iam/instanceProfile:InstanceProfile")[0]
    ? "instances"
    : (await make("aws:iam/instanceProfile:InstanceProfile", { name: "instances" })).id;
  const settings = [
    setting("aws:autoscaling:launchconfiguration", "IamInstanceProfile", profile),
    setting("aws:elasticbeanstalk:environment:process:default", "Port", "80"),
    ...more,
  ];
  return { name, application: "app", solutionStackName: PLATFORMS[0], settings, ...rest };
}

const shared = (balancer: Thing, port: number, host = "a.invalid") => [
  setting("aws:elasticbeanstalk:environment", "LoadBalancerIsShared", "true"),
  setting("aws:elasticbeanstalk:environment", "LoadBalancerType", "application"),
  setting("aws:elbv2:loadbalancer", "SharedLoadBalancer", balancer.arn),
  setting(`aws:elbv2:listener:${port}`, "Rules", "parking"),
  setting("aws:elbv2:listenerrule:parking", "HostHeaders", host),
];

function connect(namespace: Thing, discoveryName: string, dnsName: string, port = 80): Values {
  const services = [{ portName: "http", discoveryName, clientAlias: [{ dnsName, port }] }];
  return { serviceConnectConfiguration: { enabled: true, namespace: namespace.arn, services } };
}

const registry = "123456789012.dkr.ecr.us-east-1.amazonaws.com";
const push = (tag: string) => make(IMAGE, { tags: [`${registry}/${tag}`], push: true, context: { location: "." } });

describe("stand-in", () => {
  beforeEach(async () => {
    cloud = new Cloud({ latency: 0, patience: 100 });
    client = await ProviderClient.open(cloud);
  });
  afterEach(() => client.close());

  describe("names taken twice", () => {
    /** By type: what is made, and a second one that claims the same. */
    const twice: Readonly<
      Record<string, { readonly code: RegExp; readonly make: () => Promise<readonly [Values, Values]> }[]>
    > = {
      "aws:apigatewayv2/apiMapping:ApiMapping": [
        {
          code: /ApiMapping key already exists/u,
          async make() {
            await make("aws:apigatewayv2/stage:Stage", { apiId: "api-1", name: "$default" });
            const mapping = { apiId: "api-1", domainName: "example.com", stage: "$default" };
            return [mapping, mapping];
          },
        },
      ],
      "aws:apigatewayv2/domainName:DomainName": same(/domain name you provided already exists/u, {
        domainName: "example.com",
      }),
      "aws:apigatewayv2/route:Route": [
        {
          code: /Route with key ANY \/a already exists/u,
          async make() {
            const { id } = await make("aws:apigatewayv2/integration:Integration", { apiId: "api-1" });
            const route = { apiId: "api-1", routeKey: "ANY /a", target: `integrations/${id}` };
            return [route, route];
          },
        },
      ],
      "aws:apigatewayv2/stage:Stage": same(/Stage already exists/u, { apiId: "api-1", name: "$default" }),
      [LOGS]: same(/ResourceAlreadyExists/u, { name: "/a" }),
      "aws:ec2/route:Route": [
        {
          code: /RouteAlreadyExists/u,
          async make() {
            const { vpc, gateway } = await makeNetwork();
            const table = await make("aws:ec2/routeTable:RouteTable", { vpcId: vpc.id });
            const route = { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0" };
            return [{ ...route, gatewayId: gateway.id }, route];
          },
        },
      ],
      [KUBERNETES]: same(/Cluster already exists/u, { name: "dev" }),
      [PROFILE]: same(/Profile already exists/u, { clusterName: "dev", fargateProfileName: "shop" }),
      "aws:eks/accessEntry:AccessEntry": same(/access entry resource is already in use/u, {
        clusterName: "dev",
        principalArn: "arn:aws:iam::123456789012:role/admins",
      }),
      "aws:eks/addon:Addon": same(/Addon already exists/u, { clusterName: "dev", addonName: "coredns" }),
      "aws:eks/podIdentityAssociation:PodIdentityAssociation": same(/Association already exists/u, {
        clusterName: "dev",
        namespace: "shop",
        serviceAccount: "web",
      }),
      "aws:iam/openIdConnectProvider:OpenIdConnectProvider": same(/EntityAlreadyExists/u, { url: "https://oidc" }),
      [GROUP]: same(/InvalidGroup\.Duplicate/u, { name: "web", vpcId: "vpc-1" }),
      [SUBNET]: same(/InvalidSubnet\.Conflict/u, { vpcId: "vpc-1", cidrBlock: "10.0.0.0/20" }),
      [ENDPOINT]: same(/conflicting DNS domain/u, { vpcId: "vpc-1", serviceName: "logs", privateDnsEnabled: true }),
      "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": same(/PullThroughCacheRuleAlreadyExists/u, {
        ecrRepositoryPrefix: "hub",
      }),
      [REPOSITORY]: same(/RepositoryAlreadyExists/u, { name: "dev/shop/web" }),
      [SERVICE]: [
        ...same(/not idempotent/u, { cluster: "c", name: "web" }),
        {
          code: /discovery name api is in use/u,
          async make() {
            const namespace = await make(NAMESPACE, { name: "shop" });
            return [
              { name: "a", ...connect(namespace, "api", "api") },
              { name: "b", ...connect(namespace, "api", "other") },
            ];
          },
        },
        {
          code: /client alias api:80 is in use/u,
          async make() {
            const namespace = await make(NAMESPACE, { name: "shop" });
            return [
              { name: "a", ...connect(namespace, "api", "api") },
              { name: "b", ...connect(namespace, "other", "api") },
            ];
          },
        },
      ],
      [FILES]: same(/FileSystemAlreadyExists/u, { creationToken: "a" }),
      [TARGET]: [
        {
          code: /MountTargetConflict/u,
          async make() {
            const files = await make(FILES);
            const { vpc, subnetIds } = await makeNetwork();
            const second = { vpcId: vpc.id, cidrBlock: "10.0.32.0/20", availabilityZone: "us-east-1a" };
            const inSameZone = await make(SUBNET, second);
            return [
              { fileSystemId: files.id, subnetId: subnetIds[0] },
              { fileSystemId: files.id, subnetId: inSameZone.id },
            ];
          },
        },
      ],
      [APPLICATION]: same(/Application already exists/u, { name: "a" }),
      [APPLICATION_VERSION]: same(/Application Version 1 already exists/u, { application: "a", name: "1" }),
      [BEANSTALK]: [
        {
          code: /Environment already exists: shop/u,
          make: async () => [await makeBeanstalk(), await makeBeanstalk()],
        },
        {
          code: /DNS name \(shop\) is not available/u,
          make: async () => [
            await makeBeanstalk("a", [], { cnamePrefix: "shop" }),
            await makeBeanstalk("b", [], { cnamePrefix: "shop" }),
          ],
        },
      ],
      "aws:iam/instanceProfile:InstanceProfile": same(/EntityAlreadyExists/u, { name: "a" }),
      [POLICY]: same(/EntityAlreadyExists/u, { name: "a" }),
      [ROLE]: same(/EntityAlreadyExists/u, { name: "a" }),
      [LISTENER]: [
        {
          code: /DuplicateListener/u,
          async make() {
            const { balancer } = await makeEntry(81);
            const listener = { loadBalancerArn: balancer.arn, port: 80 };
            return [listener, listener];
          },
        },
      ],
      [RULE]: [
        {
          code: /PriorityInUse: Priority '7'/u,
          async make() {
            const { listener } = await makeEntry();
            return [
              { listenerArn: listener.arn, priority: 7, conditions: [{ hostHeader: { values: ["a"] } }] },
              { listenerArn: listener.arn, priority: 7, conditions: [{ hostHeader: { values: ["b"] } }] },
            ];
          },
        },
      ],
      [LB]: same(/DuplicateLoadBalancerName/u, { name: "a", internal: true }),
      [TARGET_GROUP]: same(/DuplicateTargetGroupName/u, { name: "a" }),
      [DISK]: same(/names are already in use/u, { name: "data" }),
      [DISK_ATTACHMENT]: [
        {
          code: /disk data is attached already/u,
          async make() {
            const [one, two] = [await makeMachine("one"), await makeMachine("two")];
            await make(DISK, { name: "data", availabilityZone: "us-east-1a" });
            return [one, two].map((name) => ({ diskName: "data", instanceName: name })) as unknown as [Values, Values];
          },
        },
      ],
      [INSTANCE]: same(/names are already in use/u, { name: "machine" }),
      [PORTS]: [
        {
          code: /would be closed again/u,
          async make() {
            const instanceName = await makeMachine("one");
            return [
              { instanceName, portInfos: [port(80)] },
              { instanceName, portInfos: [port(80), port(81)] },
            ];
          },
        },
      ],
      [BALANCER]: same(/names are already in use/u, { name: "lb" }),
      [BALANCER_CERTIFICATE]: same(/names are already in use/u, { name: "c", lbName: "lb" }),
      [ADDRESS]: same(/names are already in use/u, { name: "ip" }),
      [ADDRESS_ATTACHMENT]: [
        {
          code: /static IP ip is attached already/u,
          async make() {
            const [one, two] = [await makeMachine("one"), await makeMachine("two")];
            return [
              { staticIpName: "ip", instanceName: one },
              { staticIpName: "ip", instanceName: two },
            ];
          },
        },
        {
          code: /one has a static IP already/u,
          async make() {
            const instanceName = await makeMachine("one");
            return [
              { staticIpName: "a", instanceName },
              { staticIpName: "b", instanceName },
            ];
          },
        },
      ],
      [DOCUMENT]: same(/DocumentAlreadyExists/u, { name: "app", content: "{}" }),
      [LIGHTSAIL_CERTIFICATE]: [
        ...same(/names are already in use/u, { name: "a" }),
        pair(
          /domain www\.example\.com is already in use/u,
          { name: "a", domainName: "example.com", subjectAlternativeNames: ["www.example.com"] },
          { name: "b", domainName: "www.example.com" },
        ),
      ],
      [CONTAINERS]: [
        ...same(/names are already in use/u, { name: "shop" }),
        {
          code: /domain example\.com is already in use/u,
          async make() {
            const certificate = await make(LIGHTSAIL_CERTIFICATE, { name: "c", domainName: "example.com" });
            await validate(certificate);
            await make(WAIT, { seconds: 60 });
            const certificates = [{ certificateName: "c", domainNames: ["example.com"] }];
            return [
              { name: "a", publicDomainNames: { certificates } },
              { name: "b", publicDomainNames: { certificates } },
            ];
          },
        },
      ],
      [RECORD]: [
        pair(
          /InvalidChangeBatch.*already exists/u,
          { zoneId: "Z1", name: "shop.example.com", type: "A" },
          { zoneId: "Z1", name: "Shop.example.com.", type: "A" },
        ),
      ],
      [BUCKET]: same(/BucketAlreadyOwnedByYou/u, { bucket: "a" }),
      [SECRETS]: same(/ResourceExistsException/u, { name: "a", recoveryWindowInDays: 0 }),
      [NAMESPACE]: same(/NamespaceAlreadyExists/u, { name: "a" }),
      "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": same(/ConflictingDomainExists/u, {
        name: "a.local",
        vpc: "vpc-1",
      }),
      "aws:servicediscovery/service:Service": same(/ServiceAlreadyExists/u, { name: "a", namespaceId: "ns-1" }),
      "aws:ssm/parameter:Parameter": same(/ParameterAlreadyExists/u, { name: "/a" }),
      [EGRESS]: same(/InvalidPermission\.Duplicate/u, {
        securityGroupId: "sg-1",
        ipProtocol: "-1",
        cidrIpv4: "0.0.0.0/0",
      }),
      [INGRESS]: same(/InvalidPermission\.Duplicate/u, {
        securityGroupId: "sg-1",
        ipProtocol: "tcp",
        fromPort: 80,
        toPort: 80,
        referencedSecurityGroupId: "sg-2",
      }),
    };

    for (const [type, cases] of Object.entries(twice)) {
      for (const { code, make: inputs } of cases) {
        it(`${type}: ${code.source}`, async () => {
          const [first, second] = await inputs();
          const made = await make(type, first);
          await refuses(make(type, second), code);
          await client.delete(made);
          await make(type, second);
        });
      }
    }

    it("has a case for each type", () => assert.deepEqual(Object.keys(twice).sort(), takenTypes));

    it("refuses a second object of Kubernetes of one kind, name and namespace", async () => {
      await make(OBJECTS, { metadata: { name: "shop" } });
      await refuses(make(OBJECTS, { metadata: { name: "shop" } }), /Namespace "shop" already exists/u);
      const web = { metadata: { name: "web", namespace: "shop" } };
      await make("kubernetes:core/v1:Service", web);
      await refuses(make("kubernetes:core/v1:Service", web), /Service "shop\/web" already exists/u);
      await make("kubernetes:core/v1:ServiceAccount", web);
      for (let i = 0; i < 2; i++)
        await client.create("kubernetes:core/v1:ConfigMap", "web", { metadata: { namespace: "shop" } });
    });

    it("takes the same in another place", async () => {
      const { listener } = await makeEntry();
      const { listener: other } = await makeEntry();
      await make(RULE, { listenerArn: listener.arn, priority: 1 });
      await make(RULE, { listenerArn: other.arn, priority: 1 });
      await make(RECORD, { zoneId: "Z1", name: "example.com", type: "A" });
      await make(RECORD, { zoneId: "Z1", name: "example.com", type: "AAAA" });
      await make(RECORD, { zoneId: "Z2", name: "example.com", type: "A" });
      const [shop, blog] = [await make(NAMESPACE, { name: "shop" }), await make(NAMESPACE, { name: "blog" })];
      await make(SERVICE, { name: "a", ...connect(shop, "api", "api") });
      await make(SERVICE, { name: "b", ...connect(blog, "api", "api") });
    });

    it("refuses an update to a taken name, and none to its own", async () => {
      const { listener } = await makeEntry();
      await make(RULE, { listenerArn: listener.arn, priority: 1 });
      const second = await make(RULE, { listenerArn: listener.arn, priority: 2 });
      await refuses(client.update(second, { listenerArn: listener.arn, priority: 1 }), /PriorityInUse/u);
      await client.update(second, { listenerArn: listener.arn, priority: 2, tags: {} });
    });

    it("a secret's name is taken for its recovery window, unless that is 0", async () => {
      await client.delete(await make(SECRETS, { name: "gone", recoveryWindowInDays: 0 }));
      await client.delete(await make(SECRETS, { name: "gone" }));
      await refuses(make(SECRETS, { name: "gone" }), /scheduled for deletion/u);
      await refuses(make(SECRETS, { name: "gone", recoveryWindowInDays: 0 }), /scheduled for deletion/u);
      await make(SECRETS, { name: "another" });
    });
  });

  describe("deleting what is in use", () => {
    /** By rule: makes the held thing and its holder. */
    const held: Readonly<Record<string, () => Promise<readonly [held: Thing, holder: Thing]>>> = {
      [`${ACM} by ${LISTENER}`]: async () => {
        const { balancer } = await makeEntry(80);
        const certificate = await make(ACM, { domainName: "example.com" });
        await validate(certificate);
        const listener = { loadBalancerArn: balancer.arn, port: 443, certificateArn: certificate.arn };
        return [certificate, await make(LISTENER, listener)];
      },
      [`${ACM} by aws:lb/listenerCertificate:ListenerCertificate`]: async () => {
        const { listener } = await makeEntry();
        const certificate = await make(ACM, { domainName: "example.com" });
        const more = { listenerArn: listener.arn, certificateArn: certificate.arn };
        return [certificate, await make("aws:lb/listenerCertificate:ListenerCertificate", more)];
      },
      [`${EIP} by ${NAT}`]: async () => {
        const { subnetIds } = await makeNetwork();
        const address = await make(EIP);
        return [address, await make(NAT, { allocationId: address.id, subnetId: subnetIds[0] })];
      },
      ...inNetwork(
        (group, subnet) => ({ networkConfiguration: { subnets: [subnet], securityGroups: [group] } }),
        SERVICE,
      ),
      ...inNetwork((group, subnet) => ({ vpcConfig: { subnetIds: [subnet], securityGroupIds: [group] } }), KUBERNETES),
      [`${KUBERNETES} by ${NODES}`]: async () => [
        await make(KUBERNETES, { name: "dev" }),
        await make(NODES, { clusterName: "dev" }),
      ],
      [`${KUBERNETES} by ${PROFILE}`]: async () => [
        await make(KUBERNETES, { name: "dev" }),
        await make(PROFILE, { clusterName: "dev", fargateProfileName: "shop" }),
      ],
      ...inNetwork((group, subnet) => ({ subnetId: subnet, securityGroups: [group] }), TARGET),
      ...inNetwork((group, subnet) => ({ subnets: [subnet], securityGroups: [group] }), LB),
      ...inNetwork((group, subnet) => ({ subnetIds: [subnet], securityGroupIds: [group] }), ENDPOINT),
      ...inNetwork((group, subnet) => ({ subnetId: subnet, securityGroupIds: [group] }), NAT),
      ...byGroup(INGRESS, (group) => ({ securityGroupId: "sg-other", referencedSecurityGroupId: group })),
      ...byGroup(EGRESS, (group) => ({ securityGroupId: "sg-other", referencedSecurityGroupId: group })),
      ...byGroup("aws:ec2/securityGroupRule:SecurityGroupRule", (group) => ({ sourceSecurityGroupId: group })),
      ...byGroup(GROUP, (group) => ({ ingress: [{ protocol: "tcp", securityGroups: [group] }] })),
      ...inVpc(SUBNET),
      ...inVpc(GROUP),
      ...inVpc(IGW),
      ...inVpc("aws:ec2/routeTable:RouteTable"),
      ...inVpc(ENDPOINT),
      [`${GROUP} by ${BEANSTALK}`]: async () => {
        const group = await make(GROUP, { vpcId: "vpc-1" });
        const groups = setting("aws:autoscaling:launchconfiguration", "SecurityGroups", `sg-other,${group.id}`);
        return [group, await make(BEANSTALK, await makeBeanstalk("shop", [groups]))];
      },
      [`${SUBNET} by ${BEANSTALK}`]: async () => {
        const { subnets, subnetIds } = await makeNetwork();
        const inputs = await makeBeanstalk("shop", [setting("aws:ec2:vpc", "Subnets", subnetIds.join(","))]);
        return [subnets[0]!, await make(BEANSTALK, inputs)];
      },
      [`${APPLICATION} by ${BEANSTALK}`]: async () => {
        const application = await make(APPLICATION, { name: "app" });
        return [application, await make(BEANSTALK, await makeBeanstalk())];
      },
      [`${APPLICATION_VERSION} by ${BEANSTALK}`]: async () => {
        const version = await make(APPLICATION_VERSION, { application: "app", name: "1" });
        return [version, await make(BEANSTALK, await makeBeanstalk("shop", [], { version: "1" }))];
      },
      [`${CLUSTER} by ${SERVICE}`]: async () => {
        const cluster = await make(CLUSTER, { name: "dev" });
        return [cluster, await make(SERVICE, { cluster: cluster.arn })];
      },
      [`${FILES} by ${TARGET}`]: async () => {
        const files = await make(FILES);
        const { subnetIds } = await makeNetwork();
        return [files, await make(TARGET, { fileSystemId: files.id, subnetId: subnetIds[0] })];
      },
      [`${POLICY} by aws:iam/rolePolicyAttachment:RolePolicyAttachment`]: async () => {
        const policy = await make(POLICY);
        const attachment = { role: "r", policyArn: policy.arn };
        return [policy, await make("aws:iam/rolePolicyAttachment:RolePolicyAttachment", attachment)];
      },
      ...byRole("aws:iam/rolePolicyAttachment:RolePolicyAttachment"),
      ...byRole("aws:iam/rolePolicy:RolePolicy"),
      ...byRole("aws:iam/instanceProfile:InstanceProfile"),
      [`${TARGET_GROUP} by ${LISTENER}`]: async () => {
        const { balancer } = await makeEntry(81);
        const group = await makeGroup();
        const listener = { loadBalancerArn: balancer.arn, port: 80, defaultActions: forward(group) };
        return [group, await make(LISTENER, listener)];
      },
      [`${TARGET_GROUP} by ${RULE}`]: async () => {
        const { listener } = await makeEntry();
        const group = await makeGroup();
        const targetGroups = [{ arn: group.arn, weight: 1 }];
        const actions = [{ type: "forward", forward: { targetGroups } }];
        return [group, await make(RULE, { listenerArn: listener.arn, actions })];
      },
      [`${LIGHTSAIL_CERTIFICATE} by ${CONTAINERS}`]: async () => {
        const certificate = await make(LIGHTSAIL_CERTIFICATE, { name: "c", domainName: "example.com" });
        await validate(certificate);
        await make(WAIT, { seconds: 60 });
        const certificates = [{ certificateName: "c", domainNames: ["example.com"] }];
        return [certificate, await make(CONTAINERS, { name: "shop", publicDomainNames: { certificates } })];
      },
      [`${DISK} by ${DISK_ATTACHMENT}`]: async () => {
        const disk = await make(DISK, { name: "data", availabilityZone: "us-east-1a" });
        const attachment = { diskName: "data", instanceName: await makeMachine("one") };
        return [disk, await make(DISK_ATTACHMENT, attachment)];
      },
      [`${ADDRESS} by ${ADDRESS_ATTACHMENT}`]: async () => {
        const address = await make(ADDRESS, { name: "ip" });
        const attachment = { staticIpName: "ip", instanceName: await makeMachine("one") };
        return [address, await make(ADDRESS_ATTACHMENT, attachment)];
      },
      [`${DOCUMENT} by ${ASSOCIATION}`]: async () => {
        const document = await make(DOCUMENT, { name: "app", content: "{}" });
        return [document, await make(ASSOCIATION, { name: "app", targets: [] })];
      },
      [`${ZONE} by ${RECORD}`]: async () => {
        const zone = await make(ZONE, { name: "example.com" });
        return [zone, await make(RECORD, { zoneId: zone.outputs.zoneId, name: "a.example.com", type: "A" })];
      },
      [`${NAMESPACE} by aws:servicediscovery/service:Service`]: async () => {
        const namespace = await make(NAMESPACE, { name: "shop" });
        return [namespace, await make("aws:servicediscovery/service:Service", { namespaceId: namespace.id })];
      },
      [`${NAMESPACE} by ${SERVICE}`]: async () => {
        const namespace = await make(NAMESPACE, { name: "shop" });
        return [namespace, await make(SERVICE, connect(namespace, "api", "api"))];
      },
      "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace by aws:servicediscovery/service:Service":
        async () => {
          const namespace = await make("aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace", { name: "a" });
          return [namespace, await make("aws:servicediscovery/service:Service", { namespaceId: namespace.id })];
        },
    };

    for (const [rule, things] of Object.entries(held)) {
      it(rule, async () => {
        const [thing, holder] = await things();
        await refuses(client.delete(thing), /in use|InUse|Dependency|dependenc|Conflict|active|NotEmpty|attached/iu);
        await client.delete(holder);
        await client.delete(thing);
      });
    }

    it("has a case for each rule", () => assert.deepEqual(Object.keys(held).sort(), heldPairs));

    it("an internet gateway while its VPC has a public address, but tries again as the provider does", async () => {
      const { gateway, subnetIds } = await makeNetwork();
      const nat = await make(NAT, { subnetId: subnetIds[0] });
      await refuses(client.delete(gateway), /mapped public address/u);
      const both = Promise.all([client.delete(gateway), pause(20).then(() => client.delete(nat))]);
      await both;
    });

    it("a repository with images, unless it is forced", async () => {
      const kept = await make(REPOSITORY, { name: "kept" });
      const forced = await make(REPOSITORY, { name: "forced", forceDelete: true });
      const empty = await make(REPOSITORY, { name: "empty" });
      const image = await push("kept:1");
      await push("forced:1");
      await client.delete(image); // the image stays in the registry
      await refuses(client.delete(kept), /RepositoryNotEmpty/u);
      await client.delete(forced);
      await client.delete(empty);
    });

    it("a cluster with machines of the user's own in it", async () => {
      const cluster = await make(CLUSTER, { name: "dev" });
      cloud.register({ cluster: "dev", attributes: {} });
      await refuses(client.delete(cluster), /ClusterContainsContainerInstances/u);
      cloud.deregister();
      await client.delete(cluster);
    });

    it("a bucket with objects, unless it is forced", async () => {
      const bucket = await make(BUCKET, { bucket: "kept" });
      const object = await make("aws:s3/bucketObjectv2:BucketObjectv2", { bucket: "kept", key: "a" });
      await refuses(client.delete(bucket), /BucketNotEmpty/u);
      await client.delete(object);
      cloud.putObject("kept");
      await refuses(client.delete(bucket), /BucketNotEmpty/u);
      await client.delete(await client.update(bucket, { bucket: "kept", forceDestroy: true }));
      await client.delete(await make(BUCKET, { bucket: "kept" }));
    });

    it("a load balancer with deletion protection", async () => {
      const balancer = await make(LB, { internal: true, enableDeletionProtection: true });
      await refuses(client.delete(balancer), /deletion protection is enabled/u);
      await client.delete(await client.update(balancer, { internal: true, enableDeletionProtection: false }));
    });

    it("an environment of Beanstalk's whose target group a rule still leads to", async () => {
      const { listener, balancer } = await makeEntry();
      const environment = await make(BEANSTALK, await makeBeanstalk("shop", shared(balancer, 80)));
      const [name] = environment.outputs.autoscalingGroups as string[];
      const { targetGroupArns } = cloud.invoke("aws:autoscaling/getGroup:getGroup", { name });
      const [targetGroupArn] = targetGroupArns as string[];
      const rule = await make(RULE, { listenerArn: listener.arn, actions: [{ type: "forward", targetGroupArn }] });
      await refuses(client.delete(environment), /Target group is currently in use by a listener or a rule/u);
      await client.delete(rule);
      await client.delete(environment);
    });

    it("a cluster with deletion protection", async () => {
      await refuses(
        client.delete(await make(KUBERNETES, { name: "a", deletionProtection: true })),
        /deletion protection/u,
      );
      await client.delete(await make(KUBERNETES, { name: "b" }));
    });

    it("a binding of targets when its controller is gone", async () => {
      const controller = await make(CONTROLLER, { chart: "aws-load-balancer-controller" });
      const binding = await make(BINDING, { metadata: { name: "web" } });
      await client.delete(controller);
      await refuses(client.delete(binding), /end the finalizer/u);
    });

    it("two Fargate profiles of one cluster at a time", async () => {
      const slow = new Cloud({ latency: 50, patience: 10 });
      const other = await ProviderClient.open(slow);
      const profile = (fargateProfileName: string, clusterName = "dev") => ({ clusterName, fargateProfileName });
      const first = other.create(PROFILE, "a", profile("a"));
      await pause(10);
      await refuses(other.create(PROFILE, "b", profile("b")), /another Fargate profile/u);
      await other.create(PROFILE, "c", profile("c", "prod"));
      const made = await first;
      const second = await other.create(PROFILE, "b", profile("b"));
      const gone = other.delete(made);
      await pause(10);
      await refuses(other.delete(second), /another Fargate profile/u);
      await gone;
      other.close();
    });

    it("has a test above for each further reason", () => {
      // stand-in-apis.test.ts, stand-in-capacity.test.ts, stand-in-databases.test.ts, stand-in-edge.test.ts
      const elsewhere = [CAPACITY_DELETES, DATABASE_DELETES, EDGE_DELETES, API_DELETES].flatMap(Object.keys);
      assert.deepEqual(
        Object.keys(DELETE_CHECKS).sort(),
        [
          ...new Set([IGW, REPOSITORY, LB, BUCKET, CLUSTER, BEANSTALK, BINDING, KUBERNETES, PROFILE, ...elsewhere]),
        ].sort(),
      );
    });
  });

  describe("what ECS and its provider say of a service", () => {
    it("another share of Spot is another service, unless a deployment is forced", async () => {
      const share = (weight: number, more: Values = {}) => ({
        capacityProviderStrategies: [{ capacityProvider: "FARGATE", weight }],
        ...more,
      });
      const replaced = async (more: Values) =>
        (
          await client.diff(
            { urn: `urn:pulumi:dev::test::${SERVICE}::a`, id: "a", inputs: share(1, more) },
            share(2, more),
          )
        ).replaces;
      assert.deepEqual(await replaced({}), ["capacityProviderStrategies"]);
      assert.deepEqual(await replaced({ forceNewDeployment: true }), []);
    });

    it("one discovery name twice in one service is refused", async () => {
      const named = { portName: "a", discoveryName: "a", clientAlias: [{ dnsName: "a", port: 80 }] };
      const connect = { enabled: true, namespace: "ns", services: [named, { ...named, portName: "b" }] };
      await make(CLUSTER, { name: "dev" });
      await refuses(
        make(SERVICE, { name: "shop", cluster: "dev", serviceConnectConfiguration: connect }),
        /discovery name a must be unique/u,
      );
    });
  });

  describe("what has to be there first", () => {
    it("a namespace for the objects in it", async () => {
      const web = { metadata: { name: "web", namespace: "shop" } };
      await refuses(make("kubernetes:core/v1:Service", web), /namespaces "shop" not found/u);
      await make("kubernetes:core/v1:Service", { metadata: { name: "dns", namespace: "kube-system" } });
    });

    it("the controller, for a binding of targets", async () => {
      await refuses(make(BINDING, { metadata: { name: "web" } }), /no matches for kind/u);
    });

    it("a node, or a Fargate profile of the namespace, for pods", async () => {
      await make(OBJECTS, { metadata: { name: "shop" } });
      const pods = (name: string) => ({ metadata: { name, namespace: "shop" } });
      await refuses(make(PODS, pods("a")), /stay Pending/u);
      await refuses(make(KUBERNETES_JOB, pods("job")), /stay Pending/u);
      await make(PROFILE, { clusterName: "dev", fargateProfileName: "blog", selectors: [{ namespace: "blog" }] });
      await refuses(make(PODS, pods("a")), /stay Pending/u);
      await make(PROFILE, { clusterName: "dev", fargateProfileName: "shop", selectors: [{ namespace: "shop" }] });
      await make(PODS, pods("a"));
      await make(KUBERNETES_JOB, pods("job"));
    });

    it("a name that Kubernetes takes, where Pulumi makes it too", async () => {
      const config = (name: string) => client.create("kubernetes:core/v1:ConfigMap", name, { metadata: {} });
      await config("shop-my-db");
      for (const name of ["shop-my_db", "Shop"]) await refuses(config(name), /RFC 1123/u);
      await refuses(make(OBJECTS, { metadata: { name: "my_shop" } }), /RFC 1123/u);
    });

    it("a node of any group, for pods", async () => {
      await make(OBJECTS, { metadata: { name: "shop" } });
      await make(NODES, { clusterName: "dev" });
      await make(PODS, { metadata: { name: "a", namespace: "shop" } });
    });

    it("an id or ARN of something that is gone, or not ready yet", async () => {
      const group = await makeGroup();
      await client.delete(group);
      const { listener } = await makeEntry();
      const rule = { listenerArn: listener.arn, actions: forward(group) };
      await refuses(make(RULE, rule), /does not exist/u);
      const slow = new Cloud({ latency: 50 });
      const other = await ProviderClient.open(slow);
      const making = other.create(VPC, "slow", { cidrBlock: "10.0.0.0/16" });
      while (slow.everything.length === 0) await pause(1);
      const vpcId = slow.everything[0]?.id ?? "";
      await refuses(other.create(IGW, "early", { vpcId }), /does not exist, or not yet/u);
      await making;
      await other.create(IGW, "late", { vpcId });
      other.close();
    });

    it("of an environment of Beanstalk's: platform, version, instance profile, role, listener", async () => {
      const plain = await makeBeanstalk();
      await refuses(make(BEANSTALK, { ...plain, solutionStackName: "64bit x running Docker" }), /No Solution Stack/u);
      await refuses(make(BEANSTALK, { ...plain, version: "1" }), /No Application Version named '1'/u);
      const profile = setting("aws:autoscaling:launchconfiguration", "IamInstanceProfile", "none");
      await refuses(make(BEANSTALK, { ...plain, settings: [profile] }), /instance profile none .*does not exist/u);
      const role = setting("aws:elasticbeanstalk:environment", "ServiceRole", "arn:aws:iam::123456789012:role/none");
      await refuses(make(BEANSTALK, await makeBeanstalk("shop", [role])), /service role .* does not exist/u);
      const { balancer } = await makeEntry(80);
      await refuses(make(BEANSTALK, await makeBeanstalk("shop", shared(balancer, 443))), /no listener on port 443/u);
      const nowhere = shared({ ...balancer, arn: "arn:none" }, 80);
      await refuses(make(BEANSTALK, await makeBeanstalk("shop", nowhere)), /'arn:none' is not there/u);
    });

    it("nothing that Beanstalk cannot have on a shared load balancer", async () => {
      const { balancer } = await makeEntry(80);
      const on = async (...more: Values[]) => makeBeanstalk("shop", [...shared(balancer, 80), ...more]);
      const trigger = setting("aws:autoscaling:trigger", "MeasureName", "TargetResponseTime");
      await refuses(make(BEANSTALK, await on(trigger)), /TargetResponseTime is not valid/u);
      const splitting = setting("aws:elasticbeanstalk:command", "DeploymentPolicy", "TrafficSplitting");
      await refuses(make(BEANSTALK, await on(splitting)), /traffic splitting is not possible/u);
    });

    it("no other load balancer, listener or rule for an environment that is there", async () => {
      const { balancer } = await makeEntry(80);
      const single = await make(BEANSTALK, await makeBeanstalk());
      await refuses(
        client.update(single, await makeBeanstalk("shop", shared(balancer, 80))),
        /can't change the load balancer/u,
      );
      await client.update(single, await makeBeanstalk("shop", [setting("aws:autoscaling:asg", "MaxSize", "2")]));
      await client.delete(single);
      const behind = await make(BEANSTALK, await makeBeanstalk("shop", shared(balancer, 80)));
      const other = await makeBeanstalk("shop", shared(balancer, 80, "b.invalid"));
      await refuses(client.update(behind, other), /can't change the load balancer/u);
    });

    it("a target group of an ECS service that no listener or rule sends to", async () => {
      const group = await makeGroup();
      const service = { name: "web", loadBalancers: [{ targetGroupArn: group.arn, containerName: "web" }] };
      await refuses(make(SERVICE, service), /does not have an associated load balancer/u);
      const { listener } = await makeEntry();
      await make(RULE, { listenerArn: listener.arn, actions: forward(group) });
      await make(SERVICE, service);
    });

    it("a target group of one load balancer only", async () => {
      const [{ listener, balancer }, { listener: other }] = [await makeEntry(), await makeEntry()];
      const group = await makeGroup();
      await make(RULE, { listenerArn: listener.arn, actions: forward(group), priority: 1 });
      await refuses(make(RULE, { listenerArn: other.arn, actions: forward(group) }), /more than one load balancer/u);
      await make(RULE, { listenerArn: listener.arn, actions: forward(group), priority: 2 });
      await make(LISTENER, { loadBalancerArn: balancer.arn, port: 81, defaultActions: forward(group) });
    });

    it("an internet gateway for what has a public address", async () => {
      const vpc = await make(VPC, { cidrBlock: "10.0.0.0/16" });
      const subnet = await make(SUBNET, { vpcId: vpc.id, cidrBlock: "10.0.0.0/20" });
      await refuses(make(NAT, { subnetId: subnet.id }), /no internet gateway/u);
      await refuses(make(LB, { subnets: [subnet.id] }), /no internet gateway/u);
      await make(LB, { subnets: [subnet.id], internal: true });
      await Promise.all([make(NAT, { subnetId: subnet.id }), pause(20).then(() => make(IGW, { vpcId: vpc.id }))]);
    });

    it("the validation records of an ACM certificate", async () => {
      const certificate = await make(ACM, { domainName: "example.com", subjectAlternativeNames: ["www.example.com"] });
      const validation = { certificateArn: certificate.arn };
      const { balancer } = await makeEntry();
      const listener = { loadBalancerArn: balancer.arn, port: 443, certificateArn: certificate.arn };
      const validated = "aws:acm/certificateValidation:CertificateValidation";
      await refuses(make(validated, validation), /validation records are not there/u);
      await refuses(make(LISTENER, listener), /UnsupportedCertificate/u);
      await validate(certificate);
      await make(validated, validation);
      await make(LISTENER, listener);
    });

    it("a Lightsail certificate that is valid: its records, and some time", async () => {
      const certificate = await make(LIGHTSAIL_CERTIFICATE, { name: "c", domainName: "example.com" });
      const certificates = [{ certificateName: "c", domainNames: ["example.com"] }];
      const service = { name: "shop", publicDomainNames: { certificates } };
      await refuses(make(CONTAINERS, service), /certificate c is not valid/u);
      await validate(certificate);
      await refuses(make(CONTAINERS, service), /certificate c is not valid/u);
      await make(WAIT, { seconds: 1 });
      await make(CONTAINERS, service);
    });

    it("an image's repository, and a tag that is not taken where tags are immutable", async () => {
      await refuses(push("web:1"), /repository with name 'web' does not exist/u);
      await make(REPOSITORY, { name: "web", imageTagMutability: "IMMUTABLE" });
      await make(REPOSITORY, { name: "loose" });
      const first = await push("web:1");
      await refuses(push("web:1"), /tag is immutable/u);
      await client.delete(first);
      await refuses(push("web:1"), /tag is immutable/u);
      await push("web:2");
      await push("loose:1");
      await push("loose:1");
    });

    it("the puller's role in the repository's policy, 30 seconds old", async () => {
      await make(REPOSITORY, { name: "web" });
      const image = await push("web:1");
      const service = await make(CONTAINERS, {
        name: "shop",
        privateRegistryAccess: { ecrImagePullerRole: { isActive: true } },
      });
      const plain = await make(CONTAINERS, { name: "plain" });
      const containers = [{ containerName: "web", image: `${registry}/web@${String(image.outputs.digest)}` }];
      const deployment = { serviceName: "shop", containers };
      await refuses(make(DEPLOYMENT, deployment), /cannot be pulled: no policy/u);
      const access = service.outputs.privateRegistryAccess as { ecrImagePullerRole: { principalArn: string } };
      const statement = { Effect: "Allow", Principal: { AWS: access.ecrImagePullerRole.principalArn } };
      const policy = { repository: "web", policy: JSON.stringify({ Statement: [statement] }) };
      await make(WAIT, { seconds: 29 });
      await refuses(make(REPOSITORY_POLICY, policy), /is not known yet/u);
      await make(WAIT, { seconds: 1 });
      await make(REPOSITORY_POLICY, policy);
      await make(DEPLOYMENT, deployment);
      await refuses(make(DEPLOYMENT, { ...deployment, serviceName: "plain" }), /which has no ECR role/u);
      const missing = { ...deployment, containers: [{ containerName: "web", image: `${registry}/web:9` }] };
      await refuses(make(DEPLOYMENT, missing), /not found/u);
      await make(DEPLOYMENT, { serviceName: "plain", containers: [{ image: "nginx:1" }] });
      await client.delete(plain);
      await refuses(make(DEPLOYMENT, { serviceName: "plain", containers: [] }), /does not exist/u);
    });

    it("what a task of an ECS service needs to start", async () => {
      await make(REPOSITORY, { name: "web" });
      const secret = await make(SECRETS, { name: "password" });
      const files = await make(FILES);
      const container = {
        image: `${registry}/web:1`,
        secrets: [{ name: "P", valueFrom: `${secret.arn}:key::` }],
        logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "/web" } },
      };
      const definition = await make(DEFINITION, {
        family: "web",
        containerDefinitions: JSON.stringify([container]),
        volumes: [{ name: "v", efsVolumeConfiguration: { fileSystemId: files.id } }],
      });
      const service = { name: "web", taskDefinition: definition.arn };
      await refuses(make(SERVICE, service), /CannotPullContainerError/u);
      await push("web:1");
      await refuses(make(SERVICE, service), /log group does not exist: \/web/u);
      await make(LOGS, { name: "/web" });
      await refuses(make(SERVICE, service), /has no mount target/u);
      await make(TARGET, { fileSystemId: files.id, subnetId: "subnet-given" });
      await make(SERVICE, service);
      await client.delete(secret);
      await refuses(make(SERVICE, { ...service, name: "other" }), /unable to pull secrets/u);
      await make(CLUSTER, { name: "dev" });
      await refuses(make(SERVICE, { name: "lost", cluster: "prod" }), /Cluster not found: prod/u);
    });

    const inDays = (days: number) => new Date(Date.now() + days * 24 * 3600 * 1000).toISOString();
    const trust = (service: string) =>
      JSON.stringify({ Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }] });

    it("an activation's role that SSM may take, a date within 30 days, a count that AWS takes", async () => {
      const activation = { iamRole: "machine", registrationLimit: 1, expirationDate: inDays(29) };
      await refuses(make(ACTIVATION, activation), /Nonexistent role/u);
      await make(ROLE, { name: "other", assumeRolePolicy: trust("ecs-tasks.amazonaws.com") });
      await refuses(make(ACTIVATION, { ...activation, iamRole: "other" }), /missing ssm service principal/u);
      await make(ROLE, { name: "machine", assumeRolePolicy: trust("ssm.amazonaws.com") });
      for (const days of [-1, 31])
        await refuses(make(ACTIVATION, { ...activation, expirationDate: inDays(days) }), /expiration date must be/u);
      for (const registrationLimit of [0, 1001])
        await refuses(make(ACTIVATION, { ...activation, registrationLimit }), /registrationLimit/u);
      const { outputs } = await make(ACTIVATION, activation);
      assert.match(String(outputs.activationCode), /^[0-9a-f]{20}$/u);
    });

    const onMachines = (containers: readonly Values[], more: Values = {}) =>
      make(DEFINITION, {
        family: "shop",
        requiresCompatibilities: ["EXTERNAL"],
        networkMode: "bridge",
        containerDefinitions: JSON.stringify(containers),
        ...more,
      });
    const container = (name: string, more: Values = {}) => ({ name, image: "nginx", memoryReservation: 64, ...more });

    it("a definition for machines of one's own that they can run", async () => {
      await refuses(onMachines([{ name: "a", image: "nginx" }]), /At least one of 'memory' or 'memoryReservation'/u);
      await refuses(onMachines([container("a")], { networkMode: "awsvpc" }), /not compatible with EXTERNAL/u);
      const efs = [{ name: "data", efsVolumeConfiguration: { fileSystemId: "fs-1" } }];
      await refuses(onMachines([container("a")], { volumes: efs }), /EFS volumes are not supported/u);
      const ring = [container("a", { links: ["b"] }), container("b", { links: ["a:x"] })];
      await refuses(onMachines(ring), /should not contain cycles/u);
      await refuses(onMachines([container("a", { links: ["b"] })]), /does not exist/u);
      const line = [container("a"), container("b", { links: ["a"] })];
      await refuses(onMachines(line, { networkMode: "host" }), /Links are not supported when networkMode=host/u);
      const web = { portMappings: [{ containerPort: 80, hostPort: 80, protocol: "tcp" }] };
      await refuses(onMachines([container("a", web), container("b", web)]), /mapped twice/u);
      await onMachines(line);
    });

    it("nothing of the launch type EXTERNAL that it does not support, and a machine where it waits for one", async () => {
      const definition = await onMachines([container("a")]);
      const other = await make(DEFINITION, { family: "other", requiresCompatibilities: ["FARGATE"] });
      const placementConstraints = [{ type: "memberOf", expression: "attribute:spectrum.machines == shop" }];
      const service = {
        name: "shop",
        cluster: "dev",
        launchType: "EXTERNAL",
        taskDefinition: definition.arn,
        placementConstraints,
      };
      await refuses(make(SERVICE, { ...service, loadBalancers: [{ containerPort: 80 }] }), /load balancers/u);
      await refuses(make(SERVICE, { ...service, networkConfiguration: { subnets: [] } }), /Network Configuration/u);
      await refuses(make(SERVICE, { ...service, serviceConnectConfiguration: { enabled: true } }), /Service Connect/u);
      await refuses(make(SERVICE, { ...service, serviceRegistries: { registryArn: "x" } }), /service registries/u);
      await refuses(
        make(SERVICE, { ...service, capacityProviderStrategies: [{ capacityProvider: "FARGATE" }] }),
        /capacity provider/u,
      );
      await refuses(
        make(SERVICE, { ...service, volumeConfiguration: { name: "ebs" } }),
        /volumes that are configured at launch/u,
      );
      await refuses(make(SERVICE, { ...service, taskDefinition: other.arn }), /does not support launch_type EXTERNAL/u);
      const waiting = { ...service, waitForSteadyState: true };
      await refuses(make(SERVICE, waiting), /no container instance met all of its requirements/u);
      cloud.register({ cluster: "dev", attributes: { "spectrum.machines": "other" } });
      await refuses(make(SERVICE, waiting), /no container instance met all of its requirements/u);
      cloud.register({ cluster: "dev", attributes: { "spectrum.machines": "shop" } });
      await make(SERVICE, waiting);
    });

    it("a role for an activation, an instance for what is attached to it", async () => {
      await refuses(make(ACTIVATION, { iamRole: "node" }), /Nonexistent role: node/u);
      for (const [type, inputs] of [
        [ADDRESS_ATTACHMENT, { staticIpName: "ip" }],
        [PORTS, { portInfos: [port(80)] }],
        [BALANCER_ATTACHMENT, { lbName: "lb" }],
        [DISK_ATTACHMENT, { diskName: "data" }],
      ] as const)
        await refuses(make(type, { instanceName: "gone", ...inputs }), /gone does not exist/u);
      const instanceName = await makeMachine("one");
      await refuses(make(PORTS, { instanceName, portInfos: [] }), /at least one entry/u);
      await refuses(make(BALANCER_ATTACHMENT, { instanceName, lbName: "lb" }), /lb does not exist/u);
    });

    it("a disk in the zone of its instance", async () => {
      const instanceName = await makeMachine("one");
      await make(DISK, { name: "data", availabilityZone: "us-east-1b" });
      await refuses(make(DISK_ATTACHMENT, { diskName: "data", instanceName }), /not in one zone/u);
    });

    it("a valid certificate on a Lightsail load balancer, before it sends to https", async () => {
      await make(BALANCER, { name: "lb", instancePort: 80 });
      const certificate = await make(BALANCER_CERTIFICATE, { name: "c", lbName: "lb", domainName: "example.com" });
      const attachment = { lbName: "lb", certificateName: "c" };
      await refuses(make(CERTIFICATE_ATTACHMENT, attachment), /c is not valid/u);
      await validate(certificate);
      await refuses(make(CERTIFICATE_ATTACHMENT, attachment), /c is not valid/u);
      await make(WAIT, { seconds: 1 });
      await refuses(make(REDIRECTION, { lbName: "lb", enabled: true }), /has no certificate attached/u);
      await make(CERTIFICATE_ATTACHMENT, attachment);
      await make(REDIRECTION, { lbName: "lb", enabled: true });
    });

    describe("what an association runs on and with", () => {
      const targets = [{ key: "tag:Machine", values: ["one"] }];
      /** A machine that registers itself with an activation of its own. */
      async function makeNode(tag: string, code?: string): Promise<void> {
        if (cloud.all(ROLE).length === 0)
          await make(ROLE, { name: "node", assumeRolePolicy: trust("ssm.amazonaws.com") });
        const activation = await make(ACTIVATION, { iamRole: "node", registrationLimit: 1, tags: { Machine: tag } });
        const userData = `register ${activation.id} ${code ?? String(activation.outputs.activationCode)}`;
        await make(INSTANCE, { name: tag, availabilityZone: "us-east-1a", userData });
      }
      const makeDocument = (app: object) =>
        make(DOCUMENT, {
          name: "app",
          content: JSON.stringify({
            mainSteps: [{ inputs: { runCommand: [JSON.stringify({ compose: "", ...app })] } }],
          }),
        });
      const associate = () => make(ASSOCIATION, { name: "app", targets });

      it("a node with the tag, which has had its time to register", async () => {
        await makeDocument({});
        await refuses(associate(), /no node has Machine one/u);
        await makeNode("one", "another code");
        await refuses(associate(), /no node has Machine one/u);
        await client.delete(await make(INSTANCE, { name: "unused" }));
        await makeNode("two");
        await refuses(associate(), /no node has Machine one/u);
      });

      it("some time", async () => {
        await makeDocument({});
        await makeNode("one");
        await refuses(associate(), /has not registered yet/u);
        await make(WAIT, { seconds: 60 });
        await associate();
      });

      it("a registration for each machine: a second one is too many", async () => {
        await makeNode("one");
        const [first] = cloud.all(INSTANCE);
        await make(INSTANCE, { name: "copy", userData: first?.inputs.userData });
        await makeDocument({ disk: true });
        await make(DISK, { name: "data", availabilityZone: "us-east-1a" });
        await make(WAIT, { seconds: 60 });
        await refuses(associate(), /0 disks could be the app's/u);
        await make(DISK_ATTACHMENT, { diskName: "data", instanceName: "one" });
        await associate();
      });

      it("images, log groups and secrets that are there", async () => {
        await makeNode("one");
        await make(WAIT, { seconds: 60 });
        await make(REPOSITORY, { name: "web" });
        const parameter = await make("aws:ssm/parameter:Parameter", { name: "/a", value: "x" });
        const group = 'awslogs-group: "/web"';
        const document = await makeDocument({
          compose: group,
          images: [`${registry}/web:1`],
          secretFiles: [{ secret: parameter.arn }],
        });
        assert.ok(document);
        await refuses(associate(), /CannotPullContainerError/u);
        await push("web:1");
        await refuses(associate(), /log group does not exist: \/web/u);
        await make(LOGS, { name: "/web" });
        await client.delete(await associate());
        await client.delete(parameter);
        await refuses(associate(), /no such parameters/u);
      });
    });

    it("a document of 64 KB at most", async () => {
      await refuses(make(DOCUMENT, { name: "app", content: "x".repeat(65_537) }), /MaxDocumentSizeExceeded/u);
    });

    it("has a test above for each type", () => {
      const validation = "aws:acm/certificateValidation:CertificateValidation";
      const tested = [validation, NAT, REPOSITORY_POLICY, SERVICE, LISTENER, RULE, LB, CONTAINERS, DEPLOYMENT, IMAGE];
      tested.push(
        DEFINITION,
        ACTIVATION,
        BEANSTALK,
        ADDRESS_ATTACHMENT,
        ASSOCIATION,
        BALANCER_ATTACHMENT,
        CERTIFICATE_ATTACHMENT,
        DISK_ATTACHMENT,
        DOCUMENT,
        PORTS,
        REDIRECTION,
        BINDING,
        PODS,
        KUBERNETES_JOB,
        PROFILE,
      );
      // stand-in-apis.test.ts, stand-in-capacity.test.ts, stand-in-databases.test.ts, stand-in-edge.test.ts, stand-in-queues.test.ts
      const elsewhere = [CAPACITY_NEEDS, DATABASE_NEEDS, EDGE_NEEDS, QUEUE_NEEDS, apiNeeds(() => true)].flatMap(
        Object.keys,
      );
      assert.deepEqual(Object.keys(NEEDS).sort(), [...new Set([...tested, ...elsewhere])].sort());
    });
  });

  describe("changes", () => {
    const urn = (type: string) => ({ urn: `urn:pulumi:dev::test::${type}::a`, id: "a" });

    it("are made in place, or need a new resource, by type", async () => {
      const replaces = async (type: string, inputs: Values, change: Values) =>
        (await client.diff({ ...urn(type), inputs }, { ...inputs, ...change })).replaces;
      assert.deepEqual(await replaces(SERVICE, { desiredCount: 1 }, { desiredCount: 2 }), []);
      assert.deepEqual(await replaces(SERVICE, { launchType: "EC2" }, { launchType: "FARGATE" }), ["launchType"]);
      assert.deepEqual(await replaces(DEFINITION, { family: "a", cpu: "256" }, { cpu: "512" }), ["cpu"]);
      assert.deepEqual(await replaces(RECORD, { name: "a", type: "A" }, { aliases: [{ name: "b" }] }), []);
      assert.deepEqual(await replaces(RULE, { priority: 1 }, { priority: 2 }), []);
      assert.deepEqual(await replaces(CONTAINERS, { power: "nano" }, { power: "micro" }), []);
      assert.deepEqual(await replaces(DEPLOYMENT, { containers: [] }, { containers: [{}] }), ["containers"]);
      for (const [key, value] of Object.entries({ bundleId: "b", userData: "b", name: "b", availabilityZone: "b" }))
        assert.deepEqual(await replaces(INSTANCE, { [key]: "a" }, { [key]: value }), [key]);
      assert.deepEqual(await replaces(INSTANCE, { addOn: {} }, { addOn: { status: "Enabled" } }), []);
      assert.deepEqual(await replaces(DISK, { sizeInGb: 8 }, { sizeInGb: 9 }), ["sizeInGb"]);
      assert.deepEqual(await replaces(PORTS, { portInfos: [] }, { portInfos: [port(80)] }), ["portInfos"]);
      assert.deepEqual(await replaces(DOCUMENT, { content: "a" }, { content: "b" }), []);
      const job = (image: string, backoffLimit = 0) => ({ spec: { backoffLimit, template: { image } } });
      assert.deepEqual(await replaces(KUBERNETES_JOB, job("a"), job("b")), ["spec"]);
      assert.deepEqual(await replaces(KUBERNETES_JOB, job("a"), job("a", 1)), []);
      const controller = (type: string, more = {}) => ({ deploymentController: { type, ...more } });
      assert.deepEqual(await replaces(SERVICE, controller("ECS"), controller("EXTERNAL")), ["deploymentController"]);
      assert.deepEqual(await replaces(SERVICE, controller("ECS"), controller("ECS", { a: 1 })), []);
    });

    it("delete first what the program itself has named", async () => {
      const deleteFirst = async (type: string, inputs: Values, change: Values) =>
        (await client.diff({ ...urn(type), inputs }, { ...inputs, ...change })).deleteFirst;
      assert.equal(await deleteFirst(TARGET_GROUP, { name: "a", port: 80 }, { port: 81 }), true);
      assert.equal(await deleteFirst(TARGET_GROUP, { namePrefix: "a", port: 80 }, { port: 81 }), false);
      assert.equal(await deleteFirst(TARGET_GROUP, { name: "a" }, { tags: {} }), false);
      assert.equal(await deleteFirst(RECORD, { name: "a", type: "A" }, { type: "CNAME" }), false);
    });

    it("see through secrets", async () => {
      const secret = (value: string) => ({ value: { [SIGNATURE]: SECRET, value } });
      const parameter = { ...urn("aws:ssm/parameter:Parameter"), inputs: secret("a") };
      assert.deepEqual((await client.diff(parameter, secret("a"))).changes, []);
      assert.deepEqual((await client.diff(parameter, secret("b"))).changes, ["value"]);
    });
  });

  it("keeps a secret input secret in its outputs", async () => {
    const value = { [SIGNATURE]: SECRET, value: "hush" };
    const { outputs } = await make("aws:ssm/parameter:Parameter", { name: "/a", value });
    assert.deepEqual(outputs.value, value);
    assert.equal(JSON.stringify({ ...outputs, value: "" }).includes("hush"), false);
  });

  it("leaves what AWS puts inside an input unknown in a preview", async () => {
    const inputs = { name: "shop", privateRegistryAccess: { ecrImagePullerRole: { isActive: true } } };
    const { privateRegistryAccess: access } = await client.preview(CONTAINERS, "shop", inputs);
    assert.deepEqual(access, { ecrImagePullerRole: { isActive: true, principalArn: UNKNOWN } });
    assert.deepEqual(cloud.everything, []);
  });

  it("gives a family's next revision, and deletes the one that is meant", async () => {
    const first = await client.create(DEFINITION, "web", { family: "web", cpu: "256" });
    const second = await client.create(DEFINITION, "web", { family: "web", cpu: "512" });
    assert.match(first.arn, /task-definition\/web:1$/u);
    assert.match(second.arn, /task-definition\/web:2$/u);
    await client.delete(second);
    assert.deepEqual(
      cloud.everything.map(({ outputs }) => outputs.arn),
      [first.arn],
    );
    const third = await client.create(DEFINITION, "web", { family: "web" });
    assert.match(third.arn, /task-definition\/web:3$/u);
  });

  it("fails on demand, once or for one resource", async () => {
    cloud.faults.add(`create ${VPC}`);
    cloud.faults.add(`delete ${LOGS} b`);
    await refuses(make(VPC), /fails to create .* on demand/u);
    cloud.faults.delete(`create ${VPC}`);
    await make(VPC);
    await client.delete(await make(LOGS, {}, "a"));
    await refuses(client.delete(await make(LOGS, {}, "b")), /on demand/u);
  });

  it("fails each type the first time, where it is told to", async () => {
    cloud.firstFails.add("create");
    await refuses(make(VPC), /fails to create .* on demand/u);
    const vpc = await make(VPC);
    await refuses(make(LOGS, {}, "a"), /on demand/u);
    await client.delete(vpc);
    assert.deepEqual([...cloud.failed], [`create ${VPC}`, `create ${LOGS}`]);
  });

  it("names what it does not know", async () => {
    await refuses(make("aws:x/y:Y"), /does not know the type aws:x\/y:Y/u);
    assert.throws(() => cloud.invoke("aws:x/getY:getY", {}), /does not know the function aws:x\/getY:getY/u);
    assert.ok(knownTypes().includes(SERVICE));
  });
});

function same(code: RegExp, inputs: Values) {
  return [pair(code, inputs, inputs)];
}

function pair(code: RegExp, first: Values, second: Values) {
  return { code, make: () => Promise.resolve([first, second] as const) };
}

/** Makes the records that a certificate waits for. */
async function validate(certificate: Thing): Promise<void> {
  const { domainValidationOptions, domainValidationRecords } = certificate.outputs;
  const options = (domainValidationOptions ?? domainValidationRecords) as { resourceRecordName: string }[];
  for (const { resourceRecordName } of options)
    await make(RECORD, { zoneId: "Z1", name: resourceRecordName, type: "CNAME" });
}

const port = (number: number): Values => ({ fromPort: number, toPort: number, protocol: "tcp" });

/** A Lightsail instance, by its name. */
async function makeMachine(name: string): Promise<string> {
  await make(INSTANCE, { name, availabilityZone: "us-east-1a" });
  return name;
}

type HeldCase = () => Promise<readonly [Thing, Thing]>;

/** What has an interface holds its security groups and its subnet. */
function inNetwork(inputs: (group: string, subnet: string) => Values, type: string): Record<string, HeldCase> {
  const things = async () => {
    const { vpc, subnets } = await makeNetwork();
    const group = await make(GROUP, { vpcId: vpc.id });
    const subnet = subnets[0]!;
    return { group, subnet, holder: await make(type, inputs(group.id, subnet.id)) };
  };
  return {
    [`${GROUP} by ${type}`]: async () => {
      const { group, holder } = await things();
      return [group, holder];
    },
    [`${SUBNET} by ${type}`]: async () => {
      const { subnet, holder } = await things();
      return [subnet, holder];
    },
  };
}

function byGroup(type: string, inputs: (group: string) => Values): Record<string, HeldCase> {
  return {
    [`${GROUP} by ${type}`]: async () => {
      const group = await make(GROUP, { vpcId: "vpc-1" });
      return [group, await make(type, inputs(group.id))];
    },
  };
}

function inVpc(type: string): Record<string, HeldCase> {
  return {
    [`${VPC} by ${type}`]: async () => {
      const vpc = await make(VPC, { cidrBlock: "10.0.0.0/16" });
      return [vpc, await make(type, { vpcId: vpc.id })];
    },
  };
}

function byRole(type: string): Record<string, HeldCase> {
  return {
    [`${ROLE} by ${type}`]: async () => {
      const role = await make(ROLE, { name: "task" });
      return [role, await make(type, { role: role.id, policyArn: "arn:aws:iam::aws:policy/x" })];
    },
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
