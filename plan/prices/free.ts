/** What AWS and Kubernetes bill nothing for, with the reason: every type of resource stands here or has a pricer. */

/** Types that other resources are billed for. */
const BY_OTHERS: Readonly<Record<string, readonly string[]>> = {
  "billed by its service's tasks": [
    "aws:ecs/taskDefinition:TaskDefinition",
    "aws:ecs/capacityProvider:CapacityProvider",
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:appautoscaling/target:Target",
    "aws:appautoscaling/scheduledAction:ScheduledAction",
  ],
  "billed by the cluster's nodes, or by pods on Fargate": [
    "aws:eks/fargateProfile:FargateProfile",
    "kubernetes:apps/v1:DaemonSet",
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
    "kubernetes:batch/v1:CronJob",
    "kubernetes:batch/v1:Job",
  ],
  "billed by the file system, the bucket or the disk": [
    "aws:efs/accessPoint:AccessPoint",
    "aws:efs/fileSystemPolicy:FileSystemPolicy",
    "aws:efs/mountTarget:MountTarget",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketObjectv2:BucketObjectv2",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
    "kubernetes:core/v1:PersistentVolume",
    "kubernetes:storage.k8s.io/v1:StorageClass",
    "aws:lightsail/disk_attachment:Disk_attachment",
  ],
  "billed by the repository": [
    "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy",
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule",
    "docker-build:index:Image",
    "awsx:ecr:Image",
  ],
  "billed by the app's logs together": [
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:cloudwatch/logDeliverySource:LogDeliverySource",
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
  ],
  "billed by the load balancer, the API or the distribution": [
    "aws:lb/listener:Listener",
    "aws:lb/listenerCertificate:ListenerCertificate",
    "aws:lb/listenerRule:ListenerRule",
    "aws:lb/targetGroup:TargetGroup",
    "aws:apigatewayv2/integration:Integration",
    "aws:apigatewayv2/route:Route",
    "aws:apigatewayv2/apiMapping:ApiMapping",
    "aws:apigatewayv2/domainName:DomainName",
    "aws:apigatewayv2/vpcLink:VpcLink",
    "aws:cloudfront/cachePolicy:CachePolicy",
    "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding",
    "aws:lightsail/lbAttachment:LbAttachment",
    "aws:lightsail/lbCertificate:LbCertificate",
    "aws:lightsail/lbCertificateAttachment:LbCertificateAttachment",
    "aws:lightsail/lbHttpsRedirectionPolicy:LbHttpsRedirectionPolicy",
  ],
  "billed by the database, the cache or the bucket that it is of": [
    "aws:rds/subnetGroup:SubnetGroup",
    "aws:rds/parameterGroup:ParameterGroup",
    "aws:rds/clusterParameterGroup:ClusterParameterGroup",
    "aws:docdb/subnetGroup:SubnetGroup",
    "aws:docdb/clusterParameterGroup:ClusterParameterGroup",
    "aws:elasticache/subnetGroup:SubnetGroup",
    "aws:elasticache/parameterGroup:ParameterGroup",
    "aws:lightsail/bucketAccessKey:BucketAccessKey",
    "aws:secretsmanager/secretVersion:SecretVersion",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
    "aws:backup/selection:Selection",
    "aws:backup/vault:Vault",
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
  ],
  "billed by the container service or the instance": [
    "aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion",
    "aws:lightsail/instancePublicPorts:InstancePublicPorts",
    "aws:elasticbeanstalk/application:Application",
    "aws:elasticbeanstalk/applicationVersion:ApplicationVersion",
  ],
};

/** Types that cost nothing at all. */
const FREE: Readonly<Record<string, readonly string[]>> = {
  "identities, roles and policies are free": [
    "aws:iam/instanceProfile:InstanceProfile",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:eks/accessEntry:AccessEntry",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation",
    "eks:index:ServiceRole",
  ],
  "networks, routes and rules are free": [
    "awsx:ec2:Vpc",
    "aws:ec2/vpc:Vpc",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/route:Route",
    "aws:ec2/routeTable:RouteTable",
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  ],
  "ECS, its settings and its names are free": [
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
    "aws:ecs/accountSettingDefault:AccountSettingDefault",
    "aws:servicediscovery/httpNamespace:HttpNamespace",
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html: what ECS registers is free
    "aws:servicediscovery/service:Service",
  ],
  "certificates of ACM and Lightsail are free": [
    "aws:acm/certificate:Certificate",
    "aws:acm/certificateValidation:CertificateValidation",
    "aws:lightsail/certificate:Certificate",
  ],
  "records are free, and so are queries for an alias; a Lightsail zone is free": [
    "aws:route53/record:Record",
    "aws:lightsail/domain:Domain",
    "aws:lightsail/domainEntry:DomainEntry",
  ],
  "free while it is attached": [
    "aws:lightsail/staticIp:StaticIp",
    "aws:lightsail/staticIpAttachment:StaticIpAttachment",
  ],
  "Systems Manager's standard tier is free": [
    "aws:ssm/activation:Activation",
    "aws:ssm/association:Association",
    "aws:ssm/document:Document",
  ],
  "it runs with a deployment, a few times a month: less than a cent": [
    "aws:lambda/function:Function",
    "aws:lambda/invocation:Invocation",
  ],
  "14 million starts by a schedule are free each month": [
    "aws:scheduler/schedule:Schedule",
    "aws:scheduler/scheduleGroup:ScheduleGroup",
  ],
  "events of AWS's own and EventBridge's connections are free": [
    "aws:cloudwatch/eventConnection:EventConnection",
    "aws:cloudwatch/eventRule:EventRule",
    "aws:cloudwatch/eventTarget:EventTarget",
  ],
  "an alarm's way to a chat is 0.20 USD a million times": ["aws:cloudwatch/eventApiDestination:EventApiDestination"],
  "billed by its state machine": ["aws:sfn/alias:Alias"],
  "Kubernetes' own objects are free": [
    "eks:index:Cluster",
    "kubernetes:core/v1:ConfigMap",
    "kubernetes:core/v1:Namespace",
    "kubernetes:core/v1:Secret",
    "kubernetes:core/v1:Service",
    "kubernetes:core/v1:ServiceAccount",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "kubernetes:policy/v1:PodDisruptionBudget",
    "kubernetes:rbac.authorization.k8s.io/v1:Role",
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    "kubernetes:vpcresources.k8s.aws/v1beta1:SecurityGroupPolicy",
  ],
  "Pulumi's own": ["pulumi:pulumi:Stack", "pulumi:providers:kubernetes", "pulumi-nodejs:dynamic/spectrum:Wait"],
};

/** By type: why it has no price of its own. */
export const free: ReadonlyMap<string, string> = new Map(
  [BY_OTHERS, FREE].flatMap((groups) =>
    Object.entries(groups).flatMap(([reason, types]) => types.map((type) => [type, reason] as const)),
  ),
);

/** Spectrum's own components are groups of resources. */
export const isComponent = (type: string): boolean => type.startsWith("spectrum:");
