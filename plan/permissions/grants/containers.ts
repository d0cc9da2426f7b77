/** ECS, EKS, Auto Scaling and images. */
import type { Grants } from "../grant";

const CLUSTER_OF = { "eks/cluster": "{clusterName}" };

/** What EKS and Auto Scaling look at, and start, with the caller's permissions, of a launch template. */
const LAUNCH = `RunInstances CreateTags DescribeLaunchTemplates DescribeLaunchTemplateVersions DescribeSubnets
  DescribeSecurityGroups DescribeVpcs DescribeImages DescribeInstances DescribeInstanceTypes`;

export const containers: Grants = {
  "aws:ecs/cluster:Cluster": {
    source: "AWS::ECS::Cluster",
    actions: {
      ecs: `CreateCluster DeleteCluster DescribeClusters UpdateCluster UpdateClusterSettings PutClusterCapacityProviders
        ListTagsForResource TagResource UntagResource`,
    },
    arns: { "ecs/cluster": "{name}" },
    serviceLinkedRoles: ["ecs.amazonaws.com"],
  },
  "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": {
    source: "AWS::ECS::ClusterCapacityProviderAssociations",
    actions: { ecs: "PutClusterCapacityProviders DescribeClusters DescribeCapacityProviders" },
    arns: { "ecs/cluster": "{clusterName}" },
  },
  "aws:ecs/capacityProvider:CapacityProvider": {
    source: "AWS::ECS::CapacityProvider",
    actions: {
      ecs: `CreateCapacityProvider DeleteCapacityProvider DescribeCapacityProviders UpdateCapacityProvider
        ListTagsForResource TagResource UntagResource`,
      autoscaling: "CreateOrUpdateTags",
    },
    arns: { "ecs/capacity-provider": "{name}" },
  },
  "aws:ecs/accountSettingDefault:AccountSettingDefault": {
    source: null,
    actions: { ecs: "PutAccountSettingDefault ListAccountSettings DeleteAccountSetting" },
  },
  "aws:ecs/taskDefinition:TaskDefinition": {
    source: "AWS::ECS::TaskDefinition",
    actions: {
      ecs: `RegisterTaskDefinition DeregisterTaskDefinition DescribeTaskDefinition ListTagsForResource TagResource
        UntagResource`,
    },
    name: "family",
    arns: { "ecs/task-definition": "task-definition/{name}:*" },
  },
  "aws:ecs/service:Service": {
    source: "AWS::ECS::Service",
    actions: {
      ecs: `CreateService DeleteService UpdateService DescribeServices DescribeServiceDeployments ListServiceDeployments
        DescribeServiceRevisions StopServiceDeployment ListTagsForResource TagResource UntagResource`,
    },
    arns: {
      "ecs/service": "{cluster}/{name}",
      "ecs/service-deployment": "{cluster}/{name}/*",
      "ecs/service-revision": "{cluster}/{name}/*",
    },
  },
  "aws:appautoscaling/target:Target": {
    source: "AWS::ApplicationAutoScaling::ScalableTarget",
    actions: {
      "application-autoscaling": `RegisterScalableTarget DeregisterScalableTarget DescribeScalableTargets
        ListTagsForResource TagResource UntagResource`,
    },
    serviceLinkedRoles: ["ecs.application-autoscaling.amazonaws.com"],
  },
  "aws:appautoscaling/policy:Policy": {
    source: "AWS::ApplicationAutoScaling::ScalingPolicy",
    actions: {
      "application-autoscaling": "PutScalingPolicy DeleteScalingPolicy DescribeScalingPolicies",
      // the alarms of a target-tracking policy are made with the caller's permissions:
      // https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_id-based-policy-examples.html
      cloudwatch: "PutMetricAlarm DescribeAlarms DeleteAlarms",
    },
    arns: { "cloudwatch/alarm": "TargetTracking-*" },
  },
  "aws:appautoscaling/scheduledAction:ScheduledAction": {
    source: "AWS::ApplicationAutoScaling::ScalableTarget",
    actions: { "application-autoscaling": "PutScheduledAction DeleteScheduledAction DescribeScheduledActions" },
  },
  "aws:autoscaling/group:Group": {
    source: "AWS::AutoScaling::AutoScalingGroup",
    actions: {
      autoscaling: `CreateAutoScalingGroup UpdateAutoScalingGroup DeleteAutoScalingGroup CreateOrUpdateTags DeleteTags
        AttachLoadBalancerTargetGroups DetachLoadBalancerTargetGroups AttachTrafficSources DetachTrafficSources
        PutLifecycleHook DeleteLifecycleHook StartInstanceRefresh CancelInstanceRefresh SetInstanceProtection
        EnableMetricsCollection DisableMetricsCollection DescribeAutoScalingGroups DescribeAutoScalingInstances
        DescribeInstanceRefreshes DescribeLifecycleHooks DescribeScalingActivities DescribeWarmPool
        DescribeTrafficSources`,
      ec2: LAUNCH,
      elasticloadbalancing: "DescribeTargetGroups DescribeTargetHealth",
    },
    arns: { "autoscaling/autoscalinggroup": "*:autoScalingGroupName/{name}" },
    serviceLinkedRoles: ["autoscaling.amazonaws.com", "spot.amazonaws.com"],
  },
  "aws:ec2/launchTemplate:LaunchTemplate": {
    source: "AWS::EC2::LaunchTemplate",
    actions: {
      ec2: `CreateLaunchTemplate CreateLaunchTemplateVersion ModifyLaunchTemplate DeleteLaunchTemplate CreateTags DeleteTags
        DescribeLaunchTemplates DescribeLaunchTemplateVersions`,
    },
  },
  "aws:eks/cluster:Cluster": {
    source: "AWS::EKS::Cluster",
    actions: {
      eks: `CreateCluster DeleteCluster DescribeCluster DescribeUpdate ListUpdates UpdateClusterConfig UpdateClusterVersion
        CreateAccessEntry TagResource UntagResource ListTagsForResource`,
      ec2: "DescribeSubnets DescribeVpcs DescribeSecurityGroups",
    },
    arns: { "eks/cluster": "{name}" },
    serviceLinkedRoles: ["eks.amazonaws.com"],
    passesTo: ["eks.amazonaws.com"],
  },
  "aws:eks/nodeGroup:NodeGroup": {
    source: "AWS::EKS::Nodegroup",
    actions: {
      eks: `CreateNodegroup DeleteNodegroup DescribeNodegroup UpdateNodegroupConfig UpdateNodegroupVersion DescribeUpdate
        ListUpdates TagResource UntagResource ListTagsForResource`,
      ec2: LAUNCH,
    },
    arns: { ...CLUSTER_OF, "eks/nodegroup": "{clusterName}/*" },
    serviceLinkedRoles: ["eks-nodegroup.amazonaws.com", "autoscaling.amazonaws.com", "spot.amazonaws.com"],
    passesTo: ["eks.amazonaws.com", "ec2.amazonaws.com"],
  },
  "aws:eks/fargateProfile:FargateProfile": {
    source: "AWS::EKS::FargateProfile",
    actions: {
      eks: `CreateFargateProfile DeleteFargateProfile DescribeFargateProfile TagResource UntagResource
        ListTagsForResource`,
    },
    arns: { ...CLUSTER_OF, "eks/fargateprofile": "{clusterName}/*" },
    serviceLinkedRoles: ["eks-fargate.amazonaws.com"],
    passesTo: ["eks.amazonaws.com", "eks-fargate.amazonaws.com"],
  },
  "aws:eks/addon:Addon": {
    source: "AWS::EKS::Addon",
    actions: {
      eks: `CreateAddon DeleteAddon DescribeAddon UpdateAddon DescribeUpdate DescribeAddonVersions
        CreatePodIdentityAssociation UpdatePodIdentityAssociation DeletePodIdentityAssociation TagResource UntagResource
        ListTagsForResource`,
    },
    arns: { ...CLUSTER_OF, "eks/addon": "{clusterName}/*", "eks/podidentityassociation": "{clusterName}/*" },
    passesTo: ["eks.amazonaws.com"],
  },
  "aws:eks/accessEntry:AccessEntry": {
    source: "AWS::EKS::AccessEntry",
    actions: {
      eks: `CreateAccessEntry DeleteAccessEntry DescribeAccessEntry UpdateAccessEntry TagResource UntagResource
        ListTagsForResource`,
    },
    arns: { ...CLUSTER_OF, "eks/access-entry": "{clusterName}/*" },
  },
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": {
    source: "AWS::EKS::AccessEntry",
    actions: { eks: "AssociateAccessPolicy DisassociateAccessPolicy ListAssociatedAccessPolicies" },
    arns: { "eks/access-entry": "{clusterName}/*" },
  },
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": {
    source: "AWS::EKS::PodIdentityAssociation",
    actions: {
      eks: `CreatePodIdentityAssociation DeletePodIdentityAssociation DescribePodIdentityAssociation
        UpdatePodIdentityAssociation TagResource UntagResource ListTagsForResource`,
    },
    arns: { ...CLUSTER_OF, "eks/podidentityassociation": "{clusterName}/*" },
    passesTo: ["eks.amazonaws.com"],
  },
  "aws:ecr/repository:Repository": {
    source: "AWS::ECR::Repository",
    actions: {
      ecr: `CreateRepository DeleteRepository DescribeRepositories PutImageScanningConfiguration PutImageTagMutability
        ListTagsForResource TagResource UntagResource`,
    },
    arns: { "ecr/repository": "{name}" },
  },
  "aws:ecr/repositoryPolicy:RepositoryPolicy": {
    source: "AWS::ECR::Repository",
    actions: { ecr: "SetRepositoryPolicy GetRepositoryPolicy DeleteRepositoryPolicy" },
    arns: { "ecr/repository": "{repository}" },
  },
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": {
    source: "AWS::ECR::Repository",
    actions: { ecr: "PutLifecyclePolicy GetLifecyclePolicy DeleteLifecyclePolicy" },
    arns: { "ecr/repository": "{repository}" },
  },
  "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": {
    source: "AWS::ECR::PullThroughCacheRule",
    actions: {
      ecr: "CreatePullThroughCacheRule DeletePullThroughCacheRule DescribePullThroughCacheRules UpdatePullThroughCacheRule",
      secretsmanager: "GetSecretValue",
    },
    // AWS takes no secret with another name for a cache:
    // https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
    arns: { "secretsmanager/secret": "ecr-pullthroughcache/*" },
    serviceLinkedRoles: ["pullthroughcache.ecr.amazonaws.com"],
  },
  // an image is pushed and, where its layers are taken over, pulled
  "docker-build:index:Image": {
    source: null,
    actions: {
      ecr: `GetAuthorizationToken BatchCheckLayerAvailability InitiateLayerUpload UploadLayerPart CompleteLayerUpload PutImage
        BatchGetImage GetDownloadUrlForLayer DescribeImages`,
    },
    arns: { "ecr/repository": "*" },
  },
};
