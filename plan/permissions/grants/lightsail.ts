/** Lightsail, whose ARNs hold identifiers of its own and no names. */
import type { Grants } from "../grant";

const TAGS = "TagResource UntagResource";

export const lightsail: Grants = {
  "aws:lightsail/containerService:ContainerService": {
    source: "AWS::Lightsail::Container",
    actions: {
      lightsail: `${TAGS} CreateContainerService UpdateContainerService DeleteContainerService GetContainerServices`,
    },
  },
  "aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion": {
    source: "AWS::Lightsail::Container",
    actions: { lightsail: "CreateContainerServiceDeployment GetContainerServiceDeployments GetContainerServices" },
  },
  "aws:lightsail/instance:Instance": {
    source: "AWS::Lightsail::Instance",
    actions: {
      lightsail: `${TAGS} CreateInstances DeleteInstance GetInstance GetInstanceState GetOperation EnableAddOn DisableAddOn
        GetAutoSnapshots SetIpAddressType StartInstance StopInstance`,
    },
  },
  "aws:lightsail/instancePublicPorts:InstancePublicPorts": {
    source: null,
    actions: {
      lightsail: "PutInstancePublicPorts CloseInstancePublicPorts GetInstancePortStates GetOperation",
    },
  },
  "aws:lightsail/disk:Disk": {
    source: "AWS::Lightsail::Disk",
    actions: { lightsail: `${TAGS} CreateDisk DeleteDisk GetDisk GetOperation` },
  },
  "aws:lightsail/disk_attachment:Disk_attachment": {
    source: null,
    actions: { lightsail: "AttachDisk DetachDisk GetDisk GetInstanceState StopInstance StartInstance GetOperation" },
  },
  "aws:lightsail/staticIp:StaticIp": {
    source: "AWS::Lightsail::StaticIp",
    actions: { lightsail: "AllocateStaticIp ReleaseStaticIp GetStaticIp GetOperation" },
  },
  "aws:lightsail/staticIpAttachment:StaticIpAttachment": {
    source: "AWS::Lightsail::StaticIp",
    actions: { lightsail: "AttachStaticIp DetachStaticIp GetStaticIp GetOperation" },
  },
  "aws:lightsail/database:Database": {
    source: "AWS::Lightsail::Database",
    actions: {
      lightsail: `${TAGS} CreateRelationalDatabase UpdateRelationalDatabase DeleteRelationalDatabase GetRelationalDatabase
        GetRelationalDatabaseMasterUserPassword GetOperation`,
    },
  },
  "aws:lightsail/bucket:Bucket": {
    source: "AWS::Lightsail::Bucket",
    actions: { lightsail: `${TAGS} CreateBucket UpdateBucket UpdateBucketBundle DeleteBucket GetBuckets GetOperation` },
  },
  "aws:lightsail/bucketAccessKey:BucketAccessKey": {
    source: null,
    actions: { lightsail: "CreateBucketAccessKey DeleteBucketAccessKey GetBucketAccessKeys GetOperation" },
  },
  "aws:lightsail/certificate:Certificate": {
    source: "AWS::Lightsail::Certificate",
    actions: { lightsail: `${TAGS} CreateCertificate DeleteCertificate GetCertificates GetOperation` },
  },
  "aws:lightsail/distribution:Distribution": {
    source: "AWS::Lightsail::Distribution",
    actions: {
      lightsail: `${TAGS} CreateDistribution UpdateDistribution UpdateDistributionBundle DeleteDistribution GetDistributions
        AttachCertificateToDistribution DetachCertificateFromDistribution ResetDistributionCache SetIpAddressType
        GetCertificates GetOperation`,
    },
  },
  "aws:lightsail/domain:Domain": {
    source: "AWS::Lightsail::Domain",
    actions: { lightsail: "CreateDomain DeleteDomain GetDomain GetOperation" },
  },
  "aws:lightsail/domainEntry:DomainEntry": {
    source: "AWS::Lightsail::Domain",
    actions: { lightsail: "CreateDomainEntry UpdateDomainEntry DeleteDomainEntry GetDomain GetOperation" },
  },
  "aws:lightsail/lb:Lb": {
    source: "AWS::Lightsail::LoadBalancer",
    actions: {
      lightsail: `${TAGS} CreateLoadBalancer DeleteLoadBalancer GetLoadBalancer UpdateLoadBalancerAttribute SetIpAddressType
        GetOperation`,
    },
  },
  "aws:lightsail/lbAttachment:LbAttachment": {
    source: "AWS::Lightsail::LoadBalancer",
    actions: {
      lightsail: "AttachInstancesToLoadBalancer DetachInstancesFromLoadBalancer GetLoadBalancer GetOperation",
    },
  },
  "aws:lightsail/lbCertificate:LbCertificate": {
    source: "AWS::Lightsail::LoadBalancerTlsCertificate",
    actions: {
      lightsail: `CreateLoadBalancerTlsCertificate DeleteLoadBalancerTlsCertificate GetLoadBalancerTlsCertificates
        GetOperation`,
    },
  },
  "aws:lightsail/lbCertificateAttachment:LbCertificateAttachment": {
    source: "AWS::Lightsail::LoadBalancerTlsCertificate",
    actions: { lightsail: "AttachLoadBalancerTlsCertificate GetLoadBalancerTlsCertificates GetOperation" },
  },
  "aws:lightsail/lbHttpsRedirectionPolicy:LbHttpsRedirectionPolicy": {
    source: null,
    actions: { lightsail: "UpdateLoadBalancerAttribute GetLoadBalancer GetOperation" },
  },
};
