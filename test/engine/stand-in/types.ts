/**
 * What the stand-in knows of each AWS type that Spectrum makes: how its id looks, and which inputs cannot change in place.
 * A type that is not here is refused, so that none is taken for something that never needs a replacement.
 *
 * Sources: `ForceNew` in the schemas of terraform-provider-aws 6, which the Pulumi provider is made from.
 */

interface AwsType {
  /** `name` and `arn`: the id is that output; anything else is what a made-up id starts with. */
  readonly id: string;
  /** Inputs whose change replaces the resource. A path of two parts reaches into a list or object. */
  readonly forceNew: readonly string[];
  /** The property that the provider names by itself where the program does not; `name` unless given. */
  readonly autoName?: string | null;
}

const named = (...forceNew: readonly string[]): AwsType => ({
  id: "name",
  forceNew: ["name", "namePrefix", ...forceNew],
});
const byArn = (...forceNew: readonly string[]): AwsType => ({ id: "arn", forceNew });
const prefixed = (id: string, ...forceNew: readonly string[]): AwsType => ({ id, forceNew, autoName: null });

const TYPES: Readonly<Record<string, AwsType>> = {
  "aws:acm/certificate:Certificate": byArn(
    "domainName",
    "subjectAlternativeNames",
    "validationMethod",
    "keyAlgorithm",
    "certificateAuthorityArn",
  ),
  "aws:acm/certificateValidation:CertificateValidation": prefixed(
    "validation",
    "certificateArn",
    "validationRecordFqdns",
  ),
  "aws:apigatewayv2/api:Api": { id: "api", forceNew: ["protocolType"] },
  "aws:apigatewayv2/apiMapping:ApiMapping": prefixed("mapping", "domainName"),
  "aws:apigatewayv2/domainName:DomainName": prefixed("domain", "domainName"),
  "aws:apigatewayv2/integration:Integration": prefixed("integration", "apiId", "integrationType"),
  "aws:apigatewayv2/route:Route": prefixed("route", "apiId"),
  "aws:apigatewayv2/stage:Stage": prefixed("stage", "apiId", "name"),
  "aws:apigatewayv2/vpcLink:VpcLink": { id: "link", forceNew: ["securityGroupIds", "subnetIds"] },
  "aws:appautoscaling/policy:Policy": named("resourceId", "scalableDimension", "serviceNamespace"),
  "aws:appautoscaling/scheduledAction:ScheduledAction": named("resourceId", "scalableDimension", "serviceNamespace"),
  "aws:appautoscaling/target:Target": prefixed("service/", "resourceId", "scalableDimension", "serviceNamespace"),
  "aws:autoscaling/group:Group": named(),
  "aws:backup/plan:Plan": prefixed("plan"),
  "aws:backup/selection:Selection": prefixed("selection", "iamRoleArn", "name", "planId", "resources", "selectionTags"),
  "aws:backup/vault:Vault": named("kmsKeyArn"),
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration": prefixed("lock", "backupVaultName", "minRetentionDays"),
  "aws:cloudfront/cachePolicy:CachePolicy": { id: "policy", forceNew: [] },
  "aws:cloudfront/distribution:Distribution": prefixed("E"),
  "aws:cloudwatch/eventConnection:EventConnection": named(),
  "aws:cloudwatch/eventRule:EventRule": named("eventBusName"),
  "aws:cloudwatch/eventTarget:EventTarget": prefixed("target", "rule", "eventBusName", "targetId"),
  "aws:cloudwatch/logDelivery:LogDelivery": prefixed("delivery", "deliverySourceName", "deliveryDestinationArn"),
  "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": { id: "arn", forceNew: ["name"] },
  "aws:cloudwatch/logDeliverySource:LogDeliverySource": named("logType", "resourceArn"),
  "aws:cloudwatch/logGroup:LogGroup": named("logGroupClass"),
  "aws:cloudwatch/metricAlarm:MetricAlarm": named(),
  "aws:docdb/cluster:Cluster": {
    id: "name",
    autoName: "clusterIdentifier",
    forceNew: ["clusterIdentifier", "dbSubnetGroupName", "engine", "kmsKeyId", "masterUsername", "storageEncrypted"],
  },
  "aws:docdb/clusterInstance:ClusterInstance": {
    id: "name",
    autoName: "identifier",
    forceNew: ["identifier", "clusterIdentifier", "engine"],
  },
  "aws:docdb/clusterParameterGroup:ClusterParameterGroup": named("family", "description"),
  "aws:docdb/subnetGroup:SubnetGroup": named(),
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": prefixed("sg", "vpcId"),
  "aws:ec2/eip:Eip": prefixed("eipalloc", "domain", "publicIpv4Pool", "networkBorderGroup"),
  "aws:ec2/internetGateway:InternetGateway": prefixed("igw"),
  "aws:ec2/launchTemplate:LaunchTemplate": { id: "lt", forceNew: ["name", "namePrefix"] },
  "aws:ec2/natGateway:NatGateway": prefixed("nat", "subnetId", "allocationId", "connectivityType"),
  "aws:ec2/route:Route": prefixed("r-rtb", "routeTableId", "destinationCidrBlock", "destinationPrefixListId"),
  "aws:ec2/routeTable:RouteTable": prefixed("rtb", "vpcId"),
  "aws:ec2/routeTableAssociation:RouteTableAssociation": prefixed("rtbassoc", "subnetId", "gatewayId"),
  "aws:ec2/securityGroup:SecurityGroup": { id: "sg", forceNew: ["name", "namePrefix", "vpcId", "description"] },
  "aws:ec2/securityGroupRule:SecurityGroupRule": prefixed(
    "sgrule",
    "type",
    "fromPort",
    "toPort",
    "protocol",
    "cidrBlocks",
    "securityGroupId",
    "sourceSecurityGroupId",
    "self",
  ),
  "aws:ec2/subnet:Subnet": prefixed("subnet", "vpcId", "cidrBlock", "availabilityZone"),
  "aws:ec2/vpc:Vpc": prefixed("vpc", "cidrBlock", "instanceTenancy"),
  "aws:ec2/vpcEndpoint:VpcEndpoint": prefixed("vpce", "vpcId", "serviceName", "vpcEndpointType"),
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": prefixed("lifecycle", "repository"),
  "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": prefixed("cache", "ecrRepositoryPrefix", "upstreamRegistryUrl"),
  "aws:ecr/repository:Repository": named("encryptionConfigurations"),
  "aws:ecr/repositoryPolicy:RepositoryPolicy": prefixed("policy", "repository"),
  "aws:ecs/accountSettingDefault:AccountSettingDefault": prefixed("setting", "name"),
  "aws:ecs/capacityProvider:CapacityProvider": {
    id: "arn",
    forceNew: ["name", "autoScalingGroupProvider.autoScalingGroupArn"],
  },
  "aws:ecs/cluster:Cluster": { id: "arn", forceNew: ["name"] },
  "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": prefixed("capacity", "clusterName"),
  "aws:ecs/service:Service": {
    id: "arn",
    forceNew: ["name", "cluster", "launchType", "schedulingStrategy", "deploymentController.type"],
  },
  "aws:ecs/taskDefinition:TaskDefinition": {
    id: "family",
    autoName: null,
    forceNew: [
      "family",
      "containerDefinitions",
      "cpu",
      "memory",
      "executionRoleArn",
      "taskRoleArn",
      "networkMode",
      "requiresCompatibilities",
      "runtimePlatform",
      "ephemeralStorage",
      "volumes",
      "pidMode",
      "ipcMode",
      "placementConstraints",
    ],
  },
  "aws:efs/accessPoint:AccessPoint": prefixed("fsap", "fileSystemId", "posixUser", "rootDirectory"),
  "aws:efs/backupPolicy:BackupPolicy": prefixed("backup", "fileSystemId"),
  "aws:efs/fileSystem:FileSystem": prefixed(
    "fs",
    "creationToken",
    "encrypted",
    "kmsKeyId",
    "performanceMode",
    "availabilityZoneName",
  ),
  "aws:efs/fileSystemPolicy:FileSystemPolicy": prefixed("policy", "fileSystemId"),
  "aws:efs/mountTarget:MountTarget": prefixed("fsmt", "fileSystemId", "subnetId", "ipAddress"),
  "aws:elasticbeanstalk/application:Application": named(),
  "aws:elasticbeanstalk/applicationVersion:ApplicationVersion": {
    id: "name",
    forceNew: ["name", "application", "bucket", "key", "description"],
  },
  "aws:elasticbeanstalk/environment:Environment": { id: "e", forceNew: ["name", "application", "cnamePrefix", "tier"] },
  "aws:eks/accessEntry:AccessEntry": prefixed("entry", "clusterName", "principalArn", "type"),
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": prefixed(
    "association",
    "clusterName",
    "principalArn",
    "policyArn",
    "accessScope",
  ),
  "aws:eks/addon:Addon": prefixed("addon", "clusterName", "addonName"),
  "aws:eks/cluster:Cluster": named("roleArn", "bootstrapSelfManagedAddons", "encryptionConfig"),
  "aws:eks/fargateProfile:FargateProfile": prefixed(
    "profile",
    "clusterName",
    "fargateProfileName",
    "podExecutionRoleArn",
    "selectors",
    "subnetIds",
  ),
  "aws:eks/nodeGroup:NodeGroup": prefixed(
    "nodes",
    "amiType",
    "capacityType",
    "clusterName",
    "instanceTypes",
    "nodeGroupName",
    "nodeGroupNamePrefix",
    "nodeRoleArn",
    "subnetIds",
  ),
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": prefixed("a", "clusterName", "namespace", "serviceAccount"),
  "aws:elasticache/parameterGroup:ParameterGroup": named("family", "description"),
  "aws:elasticache/replicationGroup:ReplicationGroup": {
    id: "name",
    autoName: "replicationGroupId",
    forceNew: ["replicationGroupId", "atRestEncryptionEnabled", "port", "subnetGroupName", "kmsKeyId"],
  },
  "aws:elasticache/subnetGroup:SubnetGroup": named(),
  "aws:iam/instanceProfile:InstanceProfile": named("path"),
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": byArn("url"),
  "aws:iam/policy:Policy": { id: "arn", forceNew: ["name", "namePrefix", "path", "description"] },
  "aws:iam/role:Role": named("path"),
  "aws:iam/rolePolicy:RolePolicy": { id: "policy", forceNew: ["name", "namePrefix", "role"] },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": prefixed("attachment", "role", "policyArn"),
  "aws:lambda/function:Function": named("packageType"),
  "aws:lambda/invocation:Invocation": prefixed("invocation", "functionName", "qualifier", "lifecycleScope"),
  "aws:lb/listener:Listener": { id: "arn", forceNew: ["loadBalancerArn"], autoName: null },
  "aws:lb/listenerCertificate:ListenerCertificate": prefixed("cert", "listenerArn", "certificateArn"),
  "aws:lb/listenerRule:ListenerRule": { id: "arn", forceNew: ["listenerArn"], autoName: null },
  "aws:lb/loadBalancer:LoadBalancer": { id: "arn", forceNew: ["name", "namePrefix", "internal", "loadBalancerType"] },
  "aws:lb/targetGroup:TargetGroup": {
    id: "arn",
    forceNew: ["name", "namePrefix", "port", "protocol", "protocolVersion", "targetType", "vpcId", "ipAddressType"],
  },
  "aws:lb/targetGroupAttachment:TargetGroupAttachment": prefixed("target", "targetGroupArn", "targetId", "port"),
  "aws:lightsail/bucket:Bucket": named(),
  "aws:lightsail/bucketAccessKey:BucketAccessKey": prefixed("AKIA", "bucketName"),
  "aws:lightsail/certificate:Certificate": named("domainName", "subjectAlternativeNames"),
  "aws:lightsail/containerService:ContainerService": named(),
  "aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion": prefixed(
    "deployment",
    "serviceName",
    "containers",
    "publicEndpoint",
  ),
  "aws:lightsail/database:Database": {
    id: "name",
    autoName: "relationalDatabaseName",
    forceNew: [
      "relationalDatabaseName",
      "availabilityZone",
      "blueprintId",
      "bundleId",
      "masterDatabaseName",
      "masterUsername",
    ],
  },
  "aws:lightsail/disk:Disk": named("availabilityZone", "sizeInGb"),
  "aws:lightsail/disk_attachment:Disk_attachment": prefixed("attachment", "diskName", "diskPath", "instanceName"),
  "aws:lightsail/distribution:Distribution": named(),
  "aws:lightsail/domain:Domain": prefixed("domain", "domainName"),
  "aws:lightsail/domainEntry:DomainEntry": prefixed("entry", "domainName", "name", "type", "target", "isAlias"),
  "aws:lightsail/instance:Instance": named("availabilityZone", "blueprintId", "bundleId", "keyPairName", "userData"),
  "aws:lightsail/instancePublicPorts:InstancePublicPorts": prefixed("ports", "instanceName", "portInfos"),
  "aws:lightsail/lb:Lb": named("instancePort"),
  "aws:lightsail/lbAttachment:LbAttachment": prefixed("attachment", "lbName", "instanceName"),
  "aws:lightsail/lbCertificate:LbCertificate": named("lbName", "domainName", "subjectAlternativeNames"),
  "aws:lightsail/lbCertificateAttachment:LbCertificateAttachment": prefixed("attachment", "lbName", "certificateName"),
  "aws:lightsail/lbHttpsRedirectionPolicy:LbHttpsRedirectionPolicy": prefixed("policy", "lbName"),
  "aws:lightsail/staticIp:StaticIp": named(),
  "aws:lightsail/staticIpAttachment:StaticIpAttachment": prefixed("attachment", "staticIpName", "instanceName"),
  "aws:rds/cluster:Cluster": {
    id: "name",
    autoName: "clusterIdentifier",
    forceNew: [
      "clusterIdentifier",
      "databaseName",
      "dbSubnetGroupName",
      "engine",
      "kmsKeyId",
      "masterUsername",
      "storageEncrypted",
    ],
  },
  "aws:rds/clusterInstance:ClusterInstance": {
    id: "name",
    autoName: "identifier",
    forceNew: ["identifier", "clusterIdentifier", "engine", "publiclyAccessible"],
  },
  "aws:rds/clusterParameterGroup:ClusterParameterGroup": named("family", "description"),
  "aws:rds/instance:Instance": {
    id: "name",
    autoName: "identifier",
    forceNew: ["identifier", "dbName", "engine", "kmsKeyId", "storageEncrypted", "username"],
  },
  "aws:rds/parameterGroup:ParameterGroup": named("family", "description"),
  "aws:rds/subnetGroup:SubnetGroup": named("namePrefix"),
  "aws:route53/healthCheck:HealthCheck": prefixed("check", "type", "requestInterval", "referenceName"),
  "aws:route53/record:Record": prefixed("record", "name", "zoneId", "type"),
  "aws:route53/zone:Zone": { id: "Z", forceNew: ["name", "delegationSetId"] },
  "aws:s3/bucket:Bucket": { id: "name", forceNew: ["bucket", "bucketPrefix"], autoName: "bucket" },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": prefixed("lifecycle", "bucket"),
  "aws:s3/bucketObject:BucketObject": prefixed("object", "bucket", "key"),
  "aws:s3/bucketObjectv2:BucketObjectv2": prefixed("object", "bucket", "key"),
  "aws:s3/bucketPolicy:BucketPolicy": prefixed("policy", "bucket"),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": prefixed("block", "bucket"),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": prefixed(
    "encryption",
    "bucket",
  ),
  "aws:s3/bucketVersioning:BucketVersioning": prefixed("versioning", "bucket"),
  "aws:pipes/pipe:Pipe": named("source", "startingPosition"),
  "aws:scheduler/schedule:Schedule": named("groupName"),
  "aws:scheduler/scheduleGroup:ScheduleGroup": named(),
  "aws:secretsmanager/secret:Secret": { id: "arn", forceNew: ["name", "namePrefix"] },
  "aws:secretsmanager/secretVersion:SecretVersion": prefixed("version", "secretId", "secretString", "secretBinary"),
  "aws:servicediscovery/httpNamespace:HttpNamespace": { id: "ns", forceNew: ["name", "description"] },
  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": { id: "ns", forceNew: ["name", "vpc"] },
  "aws:servicediscovery/service:Service": {
    id: "srv",
    forceNew: ["name", "namespaceId", "dnsConfig.namespaceId", "dnsConfig.routingPolicy", "healthCheckCustomConfig"],
  },
  "aws:sfn/alias:Alias": byArn("name"),
  "aws:sfn/stateMachine:StateMachine": byArn("name", "namePrefix", "type"),
  "aws:sqs/queue:Queue": { id: "url", forceNew: ["name", "namePrefix", "fifoQueue"] },
  "aws:sqs/queuePolicy:QueuePolicy": prefixed("policy", "queueUrl"),
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": prefixed("redrive", "queueUrl"),
  "aws:ssm/activation:Activation": {
    id: "activation",
    forceNew: ["name", "description", "expirationDate", "iamRole", "registrationLimit", "tags"],
  },
  "aws:ssm/association:Association": prefixed("association", "name"),
  "aws:ssm/document:Document": named("documentType"),
  "aws:ssm/parameter:Parameter": named(),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": prefixed("sgr", "securityGroupId"),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": prefixed("sgr", "securityGroupId"),
  // other packages
  "docker-build:index:Image": prefixed("image"),
  "pulumi-nodejs:dynamic/spectrum:Wait": prefixed("wait", "after"),
};

/** Objects of Kubernetes: all are of one kind here, but those whose content cannot change. */
const OBJECT: AwsType = { id: "object", autoName: null, forceNew: ["metadata.name", "metadata.namespace"] };
const FIXED: AwsType = {
  ...OBJECT,
  forceNew: [...OBJECT.forceNew, "data", "binaryData", "stringData", "type", "spec"],
};
/** https://github.com/pulumi/pulumi-kubernetes, provider/pkg/provider/diff.go */
const JOB: AwsType = { ...OBJECT, forceNew: [...OBJECT.forceNew, "spec.template"] };
const FIXED_KINDS = /:(?:ConfigMap|Secret|PersistentVolume|PersistentVolumeClaim|StorageClass)$/u;

export const isKubernetes = (type: string): boolean => type.startsWith("kubernetes:");

/** Undefined for a type that the stand-in does not know. */
export function awsType(type: string): AwsType | undefined {
  if (type === "kubernetes:batch/v1:Job") return JOB;
  if (isKubernetes(type)) return FIXED_KINDS.test(type) ? FIXED : OBJECT;
  return TYPES[type];
}

export function knownTypes(): readonly string[] {
  return Object.keys(TYPES).sort();
}
