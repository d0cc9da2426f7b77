/** For each rule of the policy: what it catches, with its words, and what it leaves alone. */
import type { PlannedResource, PlanValue } from "../../plan/types";

export interface PolicyCase {
  readonly rule: string;
  readonly title: string;
  /** `spectrum:protected`; false unless given. */
  readonly protected?: boolean;
  readonly resources: readonly PlannedResource[];
  /** `name: message` of each violation; empty where it leaves them alone. */
  readonly caught: readonly string[];
}

type Inputs = Readonly<Record<string, PlanValue>>;

function made(type: string, inputs: Inputs, name = "it"): PlannedResource {
  const urn = `urn:pulumi:dev::spectrum::${type}::${name}`;
  return { urn, type, name, parent: null, remote: false, inputs, dependencies: [] };
}
const output = ({ urn }: PlannedResource, property: string): PlanValue => ({ $output: `${urn}.${property}` });
const policyOf = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allowing = (Action: string | readonly string[], Resource: unknown, more: object = {}) =>
  policyOf({ Effect: "Allow", Action, Resource, ...more });
const containers = (...list: readonly object[]): Inputs => ({ containerDefinitions: JSON.stringify(list) });
const podOf = (...list: readonly Inputs[]): Inputs => ({ spec: { template: { spec: { containers: [...list] } } } });
const setting = (namespace: string, name: string, value: PlanValue): PlanValue => ({ namespace, name, value });
const UNKNOWN: PlanValue = { $output: "urn:pulumi:dev::spectrum::a:b/c:C::other.value" };
const DIGEST = `sha256:${"a".repeat(64)}`;

const group = made("aws:ec2/securityGroup:SecurityGroup", {}, "group");
const balancer = made("aws:lb/loadBalancer:LoadBalancer", { securityGroups: [output(group, "id")] }, "balancer");
const listener = (name: string, inputs: Inputs) =>
  made("aws:lb/listener:Listener", { loadBalancerArn: output(balancer, "arn"), ...inputs }, name);
const on8080 = listener("plain", { port: 8080, protocol: "HTTP" });
const on443 = listener("tls", {
  port: 443,
  protocol: "HTTPS",
  sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
});
const on80 = (action: string) => listener("plain", { port: 80, protocol: "HTTP", defaultActions: [{ type: action }] });
const ingress = (inputs: Inputs) =>
  made("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {
    securityGroupId: output(group, "id"),
    ipProtocol: "tcp",
    cidrIpv4: "0.0.0.0/0",
    ...inputs,
  });
const beanstalk = (...settings: readonly PlanValue[]) =>
  made("aws:elasticbeanstalk/environment:Environment", { settings: [...settings] });
const instances = (type: string) =>
  beanstalk(
    setting("aws:elasticbeanstalk:environment", "EnvironmentType", type),
    setting("aws:autoscaling:launchconfiguration", "SecurityGroups", output(group, "id")),
    setting("aws:autoscaling:launchconfiguration", "DisableIMDSv1", "true"),
  );
const NO_LISTENER = "is open to the world, and no listener of a load balancer is behind it";

const network: readonly PolicyCase[] = [
  {
    rule: "no-open-ingress",
    title: "a port of machines",
    resources: [group, ingress({ fromPort: 8080, toPort: 8080 })],
    caught: [`it: port 8080 ${NO_LISTENER}`],
  },
  {
    rule: "no-open-ingress",
    title: "a port of the load balancer that nothing listens on, and all of them",
    resources: [group, balancer, on8080, ingress({ fromPort: 22, toPort: 22, cidrIpv6: "::/0" })],
    caught: [`it: port 22 ${NO_LISTENER}`],
  },
  {
    rule: "no-open-ingress",
    title: "all ports, of the load balancer too",
    resources: [group, balancer, on8080, ingress({ ipProtocol: "-1" })],
    caught: [`it: all ports ${NO_LISTENER}`],
  },
  {
    rule: "no-open-ingress",
    title: "rules inside the group, and rules of the older type",
    resources: [
      made("aws:ec2/securityGroup:SecurityGroup", {
        ingress: [{ protocol: "tcp", fromPort: 1, toPort: 99, cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"] }],
      }),
      made("aws:ec2/securityGroupRule:SecurityGroupRule", {
        type: "ingress",
        securityGroupId: output(group, "id"),
        protocol: "tcp",
        fromPort: 5432,
        toPort: 5432,
        ipv6CidrBlocks: ["::/0"],
      }),
    ],
    caught: [`it: ports 1 to 99 ${NO_LISTENER}`, `it: port 5432 ${NO_LISTENER}`],
  },
  {
    rule: "no-open-ingress",
    title: "the administration of a machine that is an entry itself",
    resources: [
      made("aws:lightsail/instancePublicPorts:InstancePublicPorts", {
        portInfos: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrs: ["0.0.0.0/0"] }],
      }),
    ],
    caught: [`it: port 22 ${NO_LISTENER}`],
  },
  {
    rule: "no-open-ingress",
    title: "machines of Elastic Beanstalk behind a load balancer",
    resources: [group, instances("LoadBalanced"), ingress({ fromPort: 8080, toPort: 8080 })],
    caught: [`it: port 8080 ${NO_LISTENER}`],
  },
  {
    rule: "no-open-ingress",
    title: "the listener's port, a range of one's own, and what nobody knows yet",
    resources: [
      group,
      balancer,
      on8080,
      ingress({ fromPort: 8080, toPort: 8080 }),
      ingress({ fromPort: 22, toPort: 22, cidrIpv4: "10.0.0.0/8" }),
      ingress({ fromPort: 22, toPort: 22, cidrIpv4: UNKNOWN }),
      made("aws:ec2/securityGroupRule:SecurityGroupRule", {
        type: "egress",
        protocol: "-1",
        cidrBlocks: ["0.0.0.0/0"],
      }),
    ],
    caught: [],
  },
  {
    rule: "no-open-ingress",
    title: "the published port of a single machine",
    resources: [
      group,
      instances("SingleInstance"),
      ingress({ fromPort: 8080, toPort: 8080 }),
      made("aws:lightsail/instancePublicPorts:InstancePublicPorts", {
        portInfos: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrs: ["0.0.0.0/0"] }],
      }),
    ],
    caught: [],
  },
  {
    rule: "private-databases",
    title: "a public address",
    resources: [made("aws:rds/instance:Instance", { publiclyAccessible: true })],
    caught: ["it: publiclyAccessible is true"],
  },
  {
    rule: "private-databases",
    title: "none",
    resources: [
      made("aws:rds/instance:Instance", { publiclyAccessible: false }),
      made("aws:rds/clusterInstance:ClusterInstance", {}),
      made("aws:lightsail/database:Database", { publiclyAccessible: UNKNOWN }),
    ],
    caught: [],
  },
  {
    rule: "tls-listeners",
    title: "plain HTTP beside a certificate, by default or by a rule, and TLS of old",
    resources: [
      balancer,
      on443,
      on80("forward"),
      listener("old", { port: 8443, protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-2016-08" }),
      listener("none", { port: 8444, protocol: "TLS" }),
    ],
    caught: [
      "plain: port 80 answers in plain HTTP, and does not redirect to the port with the certificate",
      'old: sslPolicy is "ELBSecurityPolicy-2016-08", which takes TLS below 1.2',
      "none: sslPolicy is null, which takes TLS below 1.2",
    ],
  },
  {
    rule: "tls-listeners",
    title: "a rule that forwards plain requests",
    resources: [
      balancer,
      on443,
      on80("redirect"),
      made("aws:lb/listenerRule:ListenerRule", {
        listenerArn: output(on80("redirect"), "arn"),
        actions: [{ type: "forward" }],
      }),
    ],
    caught: ["plain: port 80 answers in plain HTTP, and does not redirect to the port with the certificate"],
  },
  {
    rule: "tls-listeners",
    title: "a redirect, a policy that nobody knows yet",
    resources: [balancer, on443, on80("redirect"), listener("u", { port: 1, protocol: "TLS", sslPolicy: UNKNOWN })],
    caught: [],
  },
  {
    rule: "tls-listeners",
    title: "plain HTTP where there is no name and so no certificate",
    resources: [balancer, on80("forward")],
    caught: [],
  },
  {
    rule: "tls-distributions",
    title: "plain HTTP for viewers, and TLS of old",
    resources: [
      made("aws:cloudfront/distribution:Distribution", {
        defaultCacheBehavior: { viewerProtocolPolicy: "allow-all" },
        viewerCertificate: { minimumProtocolVersion: "TLSv1" },
      }),
    ],
    caught: [
      "it: viewerProtocolPolicy is allow-all, which answers plain HTTP",
      'it: minimumProtocolVersion is "TLSv1"',
    ],
  },
  {
    rule: "tls-distributions",
    title: "a redirect and TLS 1.2",
    resources: [
      made("aws:cloudfront/distribution:Distribution", {
        defaultCacheBehavior: { viewerProtocolPolicy: "redirect-to-https" },
        orderedCacheBehaviors: [{ viewerProtocolPolicy: UNKNOWN }],
        viewerCertificate: { minimumProtocolVersion: "TLSv1.2_2021" },
      }),
    ],
    caught: [],
  },
  {
    rule: "cluster-endpoint",
    title: "an endpoint that only the world reaches",
    resources: [made("aws:eks/cluster:Cluster", { vpcConfig: { publicAccessCidrs: ["0.0.0.0/0"] } })],
    caught: ["it: endpointPrivateAccess is off", "it: publicAccessCidrs names the whole world"],
  },
  {
    rule: "cluster-endpoint",
    title: "a private endpoint, and ranges of one's own",
    resources: [
      made("aws:eks/cluster:Cluster", {
        vpcConfig: { endpointPrivateAccess: true, publicAccessCidrs: ["203.0.113.0/24"] },
      }),
      made("aws:eks/cluster:Cluster", { vpcConfig: UNKNOWN }),
    ],
    caught: [],
  },
];

const bucket = made("aws:s3/bucket:Bucket", {}, "bucket");
const queue = made("aws:sqs/queue:Queue", {}, "queue");
const fileSystem = made("aws:efs/fileSystem:FileSystem", { encrypted: true, tags: { Backup: "yes" } }, "files");
const tlsOnly = policyOf({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } });

const encryption: readonly PolicyCase[] = [
  {
    rule: "encryption-at-rest",
    title: "each kind of storage in plain",
    resources: [
      made("aws:efs/fileSystem:FileSystem", {}),
      made("aws:ebs/volume:Volume", { encrypted: false }),
      made("aws:rds/instance:Instance", {}),
      made("aws:rds/cluster:Cluster", { storageEncrypted: false }),
      made("aws:docdb/cluster:Cluster", {}),
      made("aws:elasticache/replicationGroup:ReplicationGroup", {}),
      made("aws:sqs/queue:Queue", { sqsManagedSseEnabled: false }),
      made("aws:ec2/launchTemplate:LaunchTemplate", {
        blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { volumeSize: 8 } }],
      }),
    ],
    caught: [
      "it: encrypted is off",
      "it: encrypted is off",
      "it: storageEncrypted is off",
      "it: storageEncrypted is off",
      "it: storageEncrypted is off",
      "it: atRestEncryptionEnabled is off",
      "it: sqsManagedSseEnabled is false, and there is no key",
      "it: the disk /dev/xvda is not encrypted",
    ],
  },
  {
    rule: "encryption-at-rest",
    title: "storage that is encrypted, or may be",
    resources: [
      made("aws:efs/fileSystem:FileSystem", { encrypted: true }),
      made("aws:rds/instance:Instance", { storageEncrypted: UNKNOWN }),
      made("aws:sqs/queue:Queue", {}),
      made("aws:sqs/queue:Queue", { sqsManagedSseEnabled: false, kmsMasterKeyId: "alias/mine" }),
      made("aws:ec2/launchTemplate:LaunchTemplate", {
        blockDeviceMappings: [{ ebs: { encrypted: "true" } }, { noDevice: "" }, { ebs: UNKNOWN }],
      }),
    ],
    caught: [],
  },
  {
    rule: "encryption-in-transit",
    title: "plain calls that nothing refuses",
    resources: [
      bucket,
      made("aws:s3/bucketPolicy:BucketPolicy", {
        bucket: output(bucket, "bucket"),
        policy: policyOf({ Effect: "Allow", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
      }),
      queue,
      fileSystem,
      made("aws:elasticache/replicationGroup:ReplicationGroup", {}),
    ],
    caught: [
      "bucket: no policy of it refuses calls without TLS",
      "queue: no policy of it refuses calls without TLS",
      "files: no policy of it refuses calls without TLS",
      "it: transitEncryptionEnabled is off",
    ],
  },
  {
    rule: "encryption-in-transit",
    title: "policies that refuse them, or may do so",
    resources: [
      bucket,
      made("aws:s3/bucketPolicy:BucketPolicy", { bucket: output(bucket, "id"), policy: tlsOnly }),
      made("aws:s3/bucket:Bucket", { bucket: "by-name" }, "named"),
      made("aws:s3/bucketPolicy:BucketPolicy", { bucket: "by-name", policy: tlsOnly }),
      queue,
      made("aws:sqs/queuePolicy:QueuePolicy", { queueUrl: output(queue, "url"), policy: UNKNOWN }),
      fileSystem,
      made("aws:efs/fileSystemPolicy:FileSystemPolicy", { fileSystemId: output(fileSystem, "id"), policy: tlsOnly }),
      made("aws:elasticache/replicationGroup:ReplicationGroup", { transitEncryptionEnabled: true }),
    ],
    caught: [],
  },
];

const rolePolicy = (policy: PlanValue) => made("aws:iam/rolePolicy:RolePolicy", { policy });

const permissions: readonly PolicyCase[] = [
  {
    rule: "least-privilege",
    title: "everything, a whole service, all but something, and one's own resources everywhere",
    resources: [
      rolePolicy(allowing("*", "arn:aws:s3:::a")),
      rolePolicy(allowing(["s3:*", "s3:GetObject"], ["arn:aws:s3:::a"])),
      rolePolicy(policyOf({ Effect: "Allow", NotAction: ["iam:*"], Resource: "arn:aws:s3:::a" })),
      rolePolicy(allowing(["s3:GetObject", "ec2:DescribeVpcs", "dynamodb:PutItem"], "*")),
      made("aws:iam/role:Role", { inlinePolicies: [{ name: "own", policy: allowing("sqs:*", "arn:aws:sqs:::q") }] }),
    ],
    caught: [
      "it: it allows *",
      "it: it allows s3:*",
      "it: it allows everything but NotAction",
      "it: it allows s3:GetObject, dynamodb:PutItem on every resource",
      "it: it allows sqs:*",
    ],
  },
  {
    rule: "least-privilege",
    title: "named resources, what names none, a condition, a denial, and what nobody knows yet",
    resources: [
      rolePolicy(allowing(["s3:Get*"], [UNKNOWN])),
      rolePolicy(allowing(["ecr:GetAuthorizationToken", "xray:PutTraceSegments"], ["*"])),
      rolePolicy(allowing("ecs:ListTasks", "*", { Condition: { ArnEquals: { "ecs:cluster": "arn" } } })),
      rolePolicy(policyOf({ Effect: "Deny", Action: "*", Resource: "*" })),
      rolePolicy(UNKNOWN),
    ],
    caught: [],
  },
  {
    rule: "no-administrators",
    title: "keys to the account",
    resources: [
      made("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {
        policyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
      }),
      made("aws:iam/role:Role", { managedPolicyArns: [UNKNOWN, "arn:aws-us-gov:iam::aws:policy/IAMFullAccess"] }),
    ],
    caught: [
      "it: it has arn:aws:iam::aws:policy/AdministratorAccess",
      "it: it has arn:aws-us-gov:iam::aws:policy/IAMFullAccess",
    ],
  },
  {
    rule: "no-administrators",
    title: "a policy for one thing",
    resources: [
      made("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {
        policyArn: "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
      }),
      made("aws:iam/rolePolicyAttachment:RolePolicyAttachment", { policyArn: UNKNOWN }),
    ],
    caught: [],
  },
  {
    rule: "no-public-policies",
    title: "everybody without a condition",
    resources: [
      made("aws:s3/bucketPolicy:BucketPolicy", { policy: allowing("s3:GetObject", "arn", { Principal: "*" }) }),
      made("aws:iam/role:Role", { assumeRolePolicy: allowing("sts:AssumeRole", "*", { Principal: { AWS: ["*"] } }) }),
    ],
    caught: ["it: it lets everybody in", "it: it lets everybody in"],
  },
  {
    rule: "no-public-policies",
    title: "a service, a condition, a denial, and what nobody knows yet",
    resources: [
      made("aws:s3/bucketPolicy:BucketPolicy", { policy: tlsOnly }),
      made("aws:efs/fileSystemPolicy:FileSystemPolicy", {
        policy: allowing("elasticfilesystem:ClientMount", "arn", { Principal: { AWS: "*" }, Condition: { Bool: {} } }),
      }),
      made("aws:iam/role:Role", {
        assumeRolePolicy: allowing("sts:AssumeRole", "*", { Principal: { Service: "ec2.amazonaws.com" } }),
      }),
      made("aws:ecr/repositoryPolicy:RepositoryPolicy", {
        policy: allowing("ecr:BatchGetImage", "*", { Principal: { AWS: UNKNOWN } }),
      }),
    ],
    caught: [],
  },
];

const template = (metadataOptions: PlanValue) => made("aws:ec2/launchTemplate:LaunchTemplate", { metadataOptions });
const task = (container: object) => made("aws:ecs/taskDefinition:TaskDefinition", containers(container));
const lightsail = (image: PlanValue) =>
  made("aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion", {
    containers: [{ image }],
  });

const workloads: readonly PolicyCase[] = [
  {
    rule: "imdsv2",
    title: "machines that answer IMDSv1",
    resources: [
      made("aws:ec2/launchTemplate:LaunchTemplate", {}),
      template({ httpTokens: "optional" }),
      beanstalk(setting("aws:elasticbeanstalk:environment", "EnvironmentType", "SingleInstance")),
    ],
    caught: [
      "it: metadataOptions.httpTokens is not required",
      "it: metadataOptions.httpTokens is not required",
      "it: DisableIMDSv1 is not true",
    ],
  },
  {
    rule: "imdsv2",
    title: "machines that answer IMDSv2 alone, or nobody",
    resources: [
      template({ httpTokens: "required" }),
      template({ httpEndpoint: "disabled" }),
      template(UNKNOWN),
      beanstalk(setting("aws:autoscaling:launchconfiguration", "DisableIMDSv1", "true")),
    ],
    caught: [],
  },
  {
    rule: "image-digests",
    title: "tags in a protected environment",
    protected: true,
    resources: [
      task({ name: "web", image: "nginx:1.29" }),
      lightsail("nginx"),
      made("kubernetes:apps/v1:Deployment", podOf({ image: `nginx@${DIGEST}` }, { image: "redis:8" })),
      made("kubernetes:batch/v1:CronJob", { spec: { jobTemplate: podOf({ image: "alpine:3.23" }) } }),
    ],
    caught: [
      "it: the image nginx:1.29 is named by a tag",
      "it: the image nginx is named by a tag",
      "it: the image redis:8 is named by a tag",
      "it: the image alpine:3.23 is named by a tag",
    ],
  },
  {
    rule: "image-digests",
    title: "digests, images that are still to be built, and Spectrum's own helpers",
    protected: true,
    resources: [
      task({ name: "web", image: `nginx:1.29@${DIGEST}` }),
      task({ name: "files", image: "public.ecr.aws/docker/library/busybox:1.37.0" }),
      lightsail(UNKNOWN),
    ],
    caught: [],
  },
  {
    rule: "image-digests",
    title: "tags where the environment is not protected",
    resources: [task({ name: "web", image: "nginx:1.29" })],
    caught: [],
  },
  {
    rule: "no-plain-secrets",
    title: "what looks like a secret",
    resources: [
      task({ environment: [{ name: "DB_PASSWORD", value: "correct-horse" }] }),
      made("kubernetes:apps/v1:Deployment", podOf({ env: [{ name: "URL", value: "postgres://a:horse@db/x" }] })),
      beanstalk(setting("aws:elasticbeanstalk:application:environment", "API_KEY", "correct-horse")),
    ],
    caught: ["it: DB_PASSWORD looks like a secret", "it: URL looks like a secret", "it: API_KEY looks like a secret"],
  },
  {
    rule: "no-plain-secrets",
    title: "plain values, and secrets that are kept as such",
    resources: [
      task({
        environment: [{ name: "LOG_LEVEL", value: "debug" }],
        secrets: [{ name: "DB_PASSWORD", valueFrom: "arn" }],
      }),
      made("kubernetes:apps/v1:Deployment", podOf({ env: [{ name: "DB_PASSWORD", valueFrom: { secretKeyRef: {} } }] })),
      beanstalk(setting("aws:elasticbeanstalk:application:environmentsecrets", "API_KEY", "correct-horse")),
    ],
    caught: [],
  },
];

const cluster = made("aws:rds/cluster:Cluster", { clusterIdentifier: "c", backupRetentionPeriod: 7 }, "cluster");
const member = (name: string) =>
  made("aws:rds/clusterInstance:ClusterInstance", { clusterIdentifier: output(cluster, "id") }, name);
const twoSubnets: PlanValue = [UNKNOWN, { $output: "urn:pulumi:dev::spectrum::a:b/c:C::second.id" }];

const resilience: readonly PolicyCase[] = [
  {
    rule: "two-zones",
    title: "one zone of what could have two",
    protected: true,
    resources: [
      made("aws:lb/loadBalancer:LoadBalancer", { subnets: ["subnet-1"] }),
      made("aws:autoscaling/group:Group", { vpcZoneIdentifiers: [UNKNOWN] }),
      made("aws:ecs/service:Service", { networkConfiguration: { subnets: ["subnet-1"] } }),
      made("aws:eks/cluster:Cluster", { vpcConfig: { subnetIds: ["subnet-1"] } }),
      cluster,
      member("one"),
      made("aws:rds/instance:Instance", { multiAz: false }),
      made("aws:elasticache/replicationGroup:ReplicationGroup", {}),
      made("aws:efs/fileSystem:FileSystem", { availabilityZoneName: "us-east-1a" }),
    ],
    caught: [
      "it: it has 1 subnets",
      "it: it has 1 subnets",
      "it: it has 1 subnets",
      "it: it has 1 subnets",
      "cluster: it has one instance",
      "it: multiAz is off",
      "it: multiAzEnabled is off",
      "it: it is in one zone by name",
    ],
  },
  {
    rule: "two-zones",
    title: "two zones, and services on the network of their host",
    protected: true,
    resources: [
      made("aws:lb/loadBalancer:LoadBalancer", { subnets: twoSubnets }),
      made("aws:autoscaling/group:Group", { vpcZoneIdentifiers: UNKNOWN }),
      made("aws:ecs/service:Service", {}),
      cluster,
      member("one"),
      made("aws:rds/clusterInstance:ClusterInstance", { clusterIdentifier: "c" }, "two"),
      made("aws:rds/instance:Instance", { multiAz: true }),
      made("aws:efs/fileSystem:FileSystem", {}),
    ],
    caught: [],
  },
  {
    rule: "two-zones",
    title: "one zone where the environment is not protected",
    resources: [made("aws:rds/instance:Instance", { multiAz: false })],
    caught: [],
  },
  {
    rule: "deletion-protection",
    title: "what one call deletes",
    protected: true,
    resources: [
      made("aws:rds/instance:Instance", {}),
      made("aws:rds/cluster:Cluster", { deletionProtection: false }),
      made("aws:docdb/cluster:Cluster", {}),
      made("aws:eks/cluster:Cluster", {}),
      made("aws:lb/loadBalancer:LoadBalancer", {}),
    ],
    caught: [
      "it: deletionProtection is off",
      "it: deletionProtection is off",
      "it: deletionProtection is off",
      "it: deletionProtection is off",
      "it: enableDeletionProtection is off",
    ],
  },
  {
    rule: "deletion-protection",
    title: "what AWS refuses to delete, or may do so",
    protected: true,
    resources: [
      made("aws:rds/instance:Instance", { deletionProtection: true }),
      made("aws:lb/loadBalancer:LoadBalancer", { enableDeletionProtection: UNKNOWN }),
    ],
    caught: [],
  },
  {
    rule: "deletion-protection",
    title: "an environment that is not protected",
    resources: [made("aws:rds/instance:Instance", {})],
    caught: [],
  },
  {
    rule: "database-backups",
    title: "no backup",
    resources: [
      made("aws:rds/instance:Instance", { backupRetentionPeriod: 0 }),
      made("aws:docdb/cluster:Cluster", {}),
      made("aws:lightsail/database:Database", { backupRetentionEnabled: false }),
    ],
    caught: ["it: backupRetentionPeriod is 0", "it: backupRetentionPeriod is 0", "it: backupRetentionEnabled is false"],
  },
  {
    rule: "database-backups",
    title: "less than a week in a protected environment",
    protected: true,
    resources: [
      made("aws:rds/cluster:Cluster", { backupRetentionPeriod: 6 }),
      made("aws:elasticache/replicationGroup:ReplicationGroup", {}),
    ],
    caught: ["it: backupRetentionPeriod is 6", "it: snapshotRetentionLimit is 0"],
  },
  {
    rule: "database-backups",
    title: "a day where the environment is not protected, and a cache without",
    resources: [
      made("aws:rds/instance:Instance", { backupRetentionPeriod: 1 }),
      made("aws:rds/instance:Instance", { backupRetentionPeriod: UNKNOWN }),
      made("aws:elasticache/replicationGroup:ReplicationGroup", {}),
      made("aws:lightsail/database:Database", {}),
    ],
    caught: [],
  },
  {
    rule: "database-backups",
    title: "a week in a protected environment",
    protected: true,
    resources: [made("aws:rds/cluster:Cluster", { backupRetentionPeriod: 7 })],
    caught: [],
  },
  {
    rule: "volume-backups",
    title: "a file system that nobody copies",
    protected: true,
    resources: [
      fileSystem,
      made("aws:efs/backupPolicy:BackupPolicy", {
        fileSystemId: output(fileSystem, "id"),
        backupPolicy: { status: "DISABLED" },
      }),
      made("aws:backup/selection:Selection", { selectionTags: [{ key: "Backup", value: "no" }] }),
    ],
    caught: ["files: no backup policy and no plan of AWS Backup takes it"],
  },
  {
    rule: "volume-backups",
    title: "the file system's own policy",
    protected: true,
    resources: [
      fileSystem,
      made("aws:efs/backupPolicy:BackupPolicy", {
        fileSystemId: output(fileSystem, "id"),
        backupPolicy: { status: "ENABLED" },
      }),
    ],
    caught: [],
  },
  {
    rule: "volume-backups",
    title: "a plan of AWS Backup that takes its tag",
    protected: true,
    resources: [
      fileSystem,
      made("aws:backup/selection:Selection", { selectionTags: [{ key: "Backup", value: "yes" }] }),
    ],
    caught: [],
  },
  {
    rule: "volume-backups",
    title: "an environment that is not protected",
    resources: [fileSystem],
    caught: [],
  },
];

const blocked: Inputs = {
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
};
const block = (inputs: Inputs) =>
  made("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", { bucket: output(bucket, "bucket"), ...inputs });

const records: readonly PolicyCase[] = [
  {
    rule: "log-retention",
    title: "logs without an end",
    resources: [
      made("aws:cloudwatch/logGroup:LogGroup", {}),
      made("aws:cloudwatch/logGroup:LogGroup", { retentionInDays: 0 }),
    ],
    caught: Array<string>(2).fill("it: retentionInDays is not set, so that its logs are kept and paid for without end"),
  },
  {
    rule: "log-retention",
    title: "logs with one",
    resources: [
      made("aws:cloudwatch/logGroup:LogGroup", { retentionInDays: 14 }),
      made("aws:cloudwatch/logGroup:LogGroup", { retentionInDays: UNKNOWN }),
    ],
    caught: [],
  },
  {
    rule: "private-buckets",
    title: "a bucket without a block",
    resources: [bucket],
    caught: ["bucket: it has no BucketPublicAccessBlock"],
  },
  {
    rule: "private-buckets",
    title: "a block with a hole",
    resources: [bucket, block({ ...blocked, blockPublicPolicy: false })],
    caught: ["bucket: blockPublicPolicy of its BucketPublicAccessBlock is off"],
  },
  { rule: "private-buckets", title: "a whole block", resources: [bucket, block(blocked)], caught: [] },
  {
    rule: "image-repositories",
    title: "no scan, and tags that move",
    resources: [made("aws:ecr/repository:Repository", {})],
    caught: ["it: scanOnPush is off", "it: imageTagMutability is MUTABLE"],
  },
  {
    rule: "image-repositories",
    title: "scans, and tags that stay",
    resources: [
      made("aws:ecr/repository:Repository", {
        imageScanningConfiguration: { scanOnPush: true },
        imageTagMutability: "IMMUTABLE",
      }),
    ],
    caught: [],
  },
];

export const policyCases = [...network, ...encryption, ...permissions, ...workloads, ...resilience, ...records];
