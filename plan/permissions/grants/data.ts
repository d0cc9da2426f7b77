/** Databases, caches, file systems, buckets and backups. */
import type { Grant, Grants } from "../grant";

const RDS_TAGS = "AddTagsToResource RemoveTagsFromResource ListTagsForResource";
const CACHE_TAGS = "AddTagsToResource RemoveTagsFromResource ListTagsForResource";
/** What RDS and ElastiCache look at with the caller's permissions. */
const NETWORK = "DescribeSecurityGroups DescribeSubnets DescribeVpcs DescribeVpcAttribute DescribeAvailabilityZones";
const PLACE = { ec2: `${NETWORK} DescribeAccountAttributes DescribeInternetGateways` };
const RDS = { serviceLinkedRoles: ["rds.amazonaws.com"] };
const KEYS = { kms: "DescribeKey CreateGrant Decrypt GenerateDataKey" };

/** DocumentDB's API is that of RDS: https://docs.aws.amazon.com/documentdb/latest/developerguide/security_iam_service-with-iam.html */
const cluster = (source: string): Grant => ({
  source,
  actions: {
    rds: `${RDS_TAGS} CreateDBCluster ModifyDBCluster DeleteDBCluster DescribeDBClusters DescribeGlobalClusters
      CreateDBClusterSnapshot DescribeDBClusterSnapshots RestoreDBClusterFromSnapshot DescribeEvents`,
    ...PLACE,
    ...KEYS,
  },
  name: "clusterIdentifier",
  arns: {
    "rds/cluster": "{name}",
    "rds/cluster-pg": "*",
    "rds/cluster-snapshot": "*",
    "rds/subgrp": "{dbSubnetGroupName}",
    "rds/og": "default:*",
  },
  ...RDS,
});

const clusterInstance = (source: string): Grant => ({
  source,
  actions: {
    rds: `${RDS_TAGS} CreateDBInstance ModifyDBInstance DeleteDBInstance RebootDBInstance DescribeDBInstances
      DescribeDBClusters`,
    ...PLACE,
  },
  name: "identifier",
  arns: {
    "rds/db": "{name}",
    "rds/cluster": "{clusterIdentifier}",
    "rds/pg": "*",
    "rds/og": "default:*",
    "rds/subgrp": "*",
  },
  ...RDS,
});

const clusterParameters = (source: string): Grant => ({
  source,
  actions: {
    rds: `${RDS_TAGS} CreateDBClusterParameterGroup ModifyDBClusterParameterGroup ResetDBClusterParameterGroup
      DeleteDBClusterParameterGroup DescribeDBClusterParameterGroups DescribeDBClusterParameters`,
  },
  arns: { "rds/cluster-pg": "{name}" },
});

const subnets = (source: string): Grant => ({
  source,
  actions: {
    rds: `${RDS_TAGS} CreateDBSubnetGroup ModifyDBSubnetGroup DeleteDBSubnetGroup DescribeDBSubnetGroups`,
    ...PLACE,
  },
  arns: { "rds/subgrp": "{name}" },
  ...RDS,
});

const bucketPart = (actions: string): Grant => ({
  source: null,
  actions: { s3: `${actions} ListBucket` },
  name: "bucket",
  arns: { "s3/bucket": "{name}" },
});

export const data: Grants = {
  "aws:rds/cluster:Cluster": cluster("AWS::RDS::DBCluster"),
  "aws:docdb/cluster:Cluster": cluster("AWS::DocDB::DBCluster"),
  "aws:rds/clusterInstance:ClusterInstance": clusterInstance("AWS::RDS::DBInstance"),
  "aws:docdb/clusterInstance:ClusterInstance": clusterInstance("AWS::DocDB::DBInstance"),
  "aws:rds/clusterParameterGroup:ClusterParameterGroup": clusterParameters("AWS::RDS::DBClusterParameterGroup"),
  "aws:docdb/clusterParameterGroup:ClusterParameterGroup": clusterParameters("AWS::DocDB::DBClusterParameterGroup"),
  "aws:rds/subnetGroup:SubnetGroup": subnets("AWS::RDS::DBSubnetGroup"),
  "aws:docdb/subnetGroup:SubnetGroup": subnets("AWS::DocDB::DBSubnetGroup"),
  "aws:rds/instance:Instance": {
    source: "AWS::RDS::DBInstance",
    actions: {
      rds: `${RDS_TAGS} CreateDBInstance ModifyDBInstance DeleteDBInstance RebootDBInstance DescribeDBInstances
        CreateDBSnapshot DescribeDBSnapshots RestoreDBInstanceFromDBSnapshot`,
      ...PLACE,
      ...KEYS,
    },
    name: "identifier",
    arns: {
      "rds/db": "{name}",
      "rds/pg": "*",
      "rds/og": "default:*",
      "rds/snapshot": "*",
      "rds/subgrp": "{dbSubnetGroupName}",
    },
    ...RDS,
  },
  "aws:rds/parameterGroup:ParameterGroup": {
    source: "AWS::RDS::DBParameterGroup",
    actions: {
      rds: `${RDS_TAGS} CreateDBParameterGroup ModifyDBParameterGroup ResetDBParameterGroup DeleteDBParameterGroup
        DescribeDBParameterGroups DescribeDBParameters`,
    },
    arns: { "rds/pg": "{name}" },
  },
  "aws:elasticache/replicationGroup:ReplicationGroup": {
    source: "AWS::ElastiCache::ReplicationGroup",
    actions: {
      elasticache: `${CACHE_TAGS} CreateReplicationGroup ModifyReplicationGroup DeleteReplicationGroup
        DescribeReplicationGroups DescribeCacheClusters IncreaseReplicaCount DecreaseReplicaCount CreateSnapshot`,
      ...PLACE,
      ...KEYS,
    },
    name: "replicationGroupId",
    arns: {
      "elasticache/replicationgroup": "{name}",
      "elasticache/cluster": "{name}-*",
      "elasticache/parametergroup": "*",
      "elasticache/subnetgroup": "{subnetGroupName}",
      "elasticache/snapshot": "{name}*",
    },
    serviceLinkedRoles: ["elasticache.amazonaws.com"],
  },
  "aws:elasticache/parameterGroup:ParameterGroup": {
    source: "AWS::ElastiCache::ParameterGroup",
    actions: {
      elasticache: `${CACHE_TAGS} CreateCacheParameterGroup ModifyCacheParameterGroup ResetCacheParameterGroup
        DeleteCacheParameterGroup DescribeCacheParameterGroups DescribeCacheParameters`,
    },
    arns: { "elasticache/parametergroup": "{name}" },
  },
  "aws:elasticache/subnetGroup:SubnetGroup": {
    source: "AWS::ElastiCache::SubnetGroup",
    actions: {
      elasticache: `${CACHE_TAGS} CreateCacheSubnetGroup ModifyCacheSubnetGroup DeleteCacheSubnetGroup
        DescribeCacheSubnetGroups`,
      ...PLACE,
    },
    arns: { "elasticache/subnetgroup": "{name}" },
    serviceLinkedRoles: ["elasticache.amazonaws.com"],
  },
  "aws:efs/fileSystem:FileSystem": {
    source: "AWS::EFS::FileSystem",
    actions: {
      elasticfilesystem: `CreateFileSystem DeleteFileSystem UpdateFileSystem UpdateFileSystemProtection DescribeFileSystems
        PutLifecycleConfiguration DescribeLifecycleConfiguration DescribeReplicationConfigurations ListTagsForResource
        TagResource UntagResource`,
      kms: "DescribeKey CreateGrant GenerateDataKeyWithoutPlaintext",
    },
    serviceLinkedRoles: ["elasticfilesystem.amazonaws.com"],
  },
  "aws:efs/fileSystemPolicy:FileSystemPolicy": {
    source: "AWS::EFS::FileSystem",
    actions: { elasticfilesystem: "PutFileSystemPolicy DescribeFileSystemPolicy DeleteFileSystemPolicy" },
  },
  "aws:efs/backupPolicy:BackupPolicy": {
    source: "AWS::EFS::FileSystem",
    actions: { elasticfilesystem: "PutBackupPolicy DescribeBackupPolicy" },
    serviceLinkedRoles: ["backup.amazonaws.com"],
  },
  "aws:efs/mountTarget:MountTarget": {
    source: "AWS::EFS::MountTarget",
    actions: {
      elasticfilesystem: `CreateMountTarget DeleteMountTarget DescribeMountTargets DescribeMountTargetSecurityGroups
        ModifyMountTargetSecurityGroups`,
      // https://docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html
      ec2: "DescribeSubnets DescribeNetworkInterfaces CreateNetworkInterface DeleteNetworkInterface",
    },
  },
  "aws:efs/accessPoint:AccessPoint": {
    source: "AWS::EFS::AccessPoint",
    actions: {
      elasticfilesystem: `CreateAccessPoint DeleteAccessPoint DescribeAccessPoints ListTagsForResource TagResource
        UntagResource`,
    },
  },
  "aws:s3/bucket:Bucket": {
    source: "AWS::S3::Bucket",
    actions: {
      // the provider reads every part of a bucket, set or not; with forceDestroy it empties it
      s3: `CreateBucket DeleteBucket ListBucket ListBucketVersions DeleteObject DeleteObjectVersion
        BypassGovernanceRetention GetBucketAcl PutBucketAcl GetBucketCORS GetBucketWebsite GetBucketVersioning
        GetAccelerateConfiguration GetBucketRequestPayment GetBucketLogging GetLifecycleConfiguration
        GetReplicationConfiguration GetEncryptionConfiguration GetBucketObjectLockConfiguration GetBucketPolicy
        GetBucketTagging PutBucketTagging GetBucketOwnershipControls PutBucketOwnershipControls GetBucketLocation
        TagResource UntagResource ListTagsForResource`,
    },
    name: "bucket",
    arns: { "s3/bucket": "{name}", "s3/object": "{name}/*" },
  },
  "aws:s3/bucketPolicy:BucketPolicy": {
    ...bucketPart("PutBucketPolicy GetBucketPolicy DeleteBucketPolicy"),
    source: "AWS::S3::BucketPolicy",
  },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": bucketPart(
    "PutBucketPublicAccessBlock GetBucketPublicAccessBlock",
  ),
  "aws:s3/bucketVersioning:BucketVersioning": bucketPart("PutBucketVersioning GetBucketVersioning"),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": bucketPart(
    "PutLifecycleConfiguration GetLifecycleConfiguration",
  ),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": bucketPart(
    "PutEncryptionConfiguration GetEncryptionConfiguration",
  ),
  "aws:s3/bucketObjectv2:BucketObjectv2": {
    source: null,
    actions: {
      s3: `ListBucket ListBucketVersions GetObject PutObject DeleteObject GetObjectTagging PutObjectTagging GetObjectVersion
        DeleteObjectVersion GetObjectAcl GetObjectAttributes`,
    },
    name: "bucket",
    arns: { "s3/bucket": "{name}", "s3/object": "{name}/*" },
  },
  "aws:backup/vault:Vault": {
    source: "AWS::Backup::BackupVault",
    actions: {
      backup: `CreateBackupVault DeleteBackupVault DescribeBackupVault ListRecoveryPointsByBackupVault DeleteRecoveryPoint
        ListTags TagResource UntagResource`,
      "backup-storage": "MountCapsule",
      kms: "CreateGrant Decrypt DescribeKey GenerateDataKey RetireGrant",
    },
    arns: { "backup/backupvault": "{name}" },
  },
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration": {
    source: "AWS::Backup::BackupVault",
    actions: {
      backup: "PutBackupVaultLockConfiguration DeleteBackupVaultLockConfiguration DescribeBackupVault",
    },
    arns: { "backup/backupvault": "{backupVaultName}" },
  },
  "aws:backup/plan:Plan": {
    source: "AWS::Backup::BackupPlan",
    actions: {
      backup: "CreateBackupPlan UpdateBackupPlan DeleteBackupPlan GetBackupPlan ListTags TagResource UntagResource",
    },
  },
  "aws:backup/selection:Selection": {
    source: "AWS::Backup::BackupSelection",
    actions: { backup: "CreateBackupSelection DeleteBackupSelection GetBackupSelection" },
    serviceLinkedRoles: ["backup.amazonaws.com"],
  },
};
