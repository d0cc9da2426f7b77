/** Load balancers, APIs and distributions, their certificates and names. */
import type { Grant, Grants } from "../grant";

const ELB_TAGS = "AddTags RemoveTags DescribeTags";
const ELB = "elasticloadbalancing";

/** API Gateway's actions are HTTP's methods, on paths: those of an API and of tags, and of what else is named. */
const api = (source: string, others: Readonly<Record<string, string>> = {}): Grant => ({
  source,
  actions: { apigateway: "GET POST PUT PATCH DELETE" },
  arns: { "apigateway/apis": "", "apigateway/api": "*", "apigateway/tags": "*", ...others },
});

const DOMAIN_NAMES = { "apigateway/domainnames": "", "apigateway/domainname": "*" };

export const entry: Grants = {
  "aws:lb/loadBalancer:LoadBalancer": {
    source: "AWS::ElasticLoadBalancingV2::LoadBalancer",
    actions: {
      [ELB]: `${ELB_TAGS} CreateLoadBalancer DeleteLoadBalancer DescribeLoadBalancers DescribeLoadBalancerAttributes
        ModifyLoadBalancerAttributes SetIpAddressType SetSecurityGroups SetSubnets DescribeCapacityReservation`,
      ec2: `DescribeNetworkInterfaces DescribeSubnets DescribeSecurityGroups DescribeVpcs DescribeAccountAttributes
        DescribeInternetGateways`,
    },
    arns: {
      [`${ELB}/loadbalancer`]: "{name}/*",
      [`${ELB}/loadbalancer/app/`]: "{name}/*",
      [`${ELB}/loadbalancer/net/`]: "{name}/*",
    },
    serviceLinkedRoles: ["elasticloadbalancing.amazonaws.com"],
  },
  "aws:lb/listener:Listener": {
    source: "AWS::ElasticLoadBalancingV2::Listener",
    actions: {
      [ELB]: `${ELB_TAGS} CreateListener DeleteListener ModifyListener DescribeListeners DescribeListenerAttributes
        ModifyListenerAttributes`,
    },
    arns: {
      [`${ELB}/loadbalancer/app/`]: "{loadBalancerArn}/*",
      [`${ELB}/loadbalancer/net/`]: "{loadBalancerArn}/*",
      [`${ELB}/listener/app`]: "{loadBalancerArn}/*",
      [`${ELB}/listener/net`]: "{loadBalancerArn}/*",
    },
  },
  "aws:lb/listenerCertificate:ListenerCertificate": {
    source: "AWS::ElasticLoadBalancingV2::ListenerCertificate",
    actions: { [ELB]: "AddListenerCertificates RemoveListenerCertificates DescribeListenerCertificates" },
  },
  "aws:lb/listenerRule:ListenerRule": {
    source: "AWS::ElasticLoadBalancingV2::ListenerRule",
    actions: {
      [ELB]: `${ELB_TAGS} CreateRule DeleteRule ModifyRule SetRulePriorities DescribeRules DescribeListeners`,
    },
  },
  "aws:lb/targetGroup:TargetGroup": {
    source: "AWS::ElasticLoadBalancingV2::TargetGroup",
    actions: {
      [ELB]: `${ELB_TAGS} CreateTargetGroup DeleteTargetGroup DescribeTargetGroups DescribeTargetGroupAttributes
        ModifyTargetGroup ModifyTargetGroupAttributes DescribeTargetHealth`,
      ec2: "DescribeVpcs",
    },
    arns: { [`${ELB}/targetgroup`]: "{name}/*" },
  },
  "aws:acm/certificate:Certificate": {
    source: "AWS::CertificateManager::Certificate",
    actions: {
      acm: `RequestCertificate DeleteCertificate DescribeCertificate GetCertificate UpdateCertificateOptions
        ListTagsForCertificate AddTagsToCertificate RemoveTagsFromCertificate`,
    },
  },
  "aws:acm/certificateValidation:CertificateValidation": {
    source: null,
    actions: { acm: "DescribeCertificate" },
  },
  "aws:route53/zone:Zone": {
    source: "AWS::Route53::HostedZone",
    actions: {
      // the provider deletes a zone's own records and looks whether it is signed
      route53: `CreateHostedZone DeleteHostedZone GetHostedZone UpdateHostedZoneComment ListTagsForResource
        ChangeTagsForResource ListResourceRecordSets ChangeResourceRecordSets GetChange GetDNSSEC`,
    },
  },
  "aws:route53/record:Record": {
    source: "AWS::Route53::RecordSet",
    actions: { route53: "ChangeResourceRecordSets ListResourceRecordSets GetHostedZone GetChange" },
  },
  "aws:route53/healthCheck:HealthCheck": {
    source: "AWS::Route53::HealthCheck",
    actions: {
      route53: `CreateHealthCheck DeleteHealthCheck GetHealthCheck UpdateHealthCheck ListTagsForResource
        ChangeTagsForResource`,
    },
  },
  "aws:servicediscovery/httpNamespace:HttpNamespace": {
    source: "AWS::ServiceDiscovery::HttpNamespace",
    actions: {
      servicediscovery: `CreateHttpNamespace DeleteNamespace GetNamespace GetOperation ListNamespaces UpdateHttpNamespace
        ListTagsForResource TagResource UntagResource`,
    },
  },
  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": {
    source: "AWS::ServiceDiscovery::PrivateDnsNamespace",
    actions: {
      servicediscovery: `CreatePrivateDnsNamespace DeleteNamespace GetNamespace GetOperation UpdatePrivateDnsNamespace
        ListTagsForResource TagResource UntagResource`,
      // its zone is made with the caller's permissions:
      // https://docs.aws.amazon.com/cloud-map/latest/dg/security_iam_id-based-policy-examples.html
      route53: "CreateHostedZone DeleteHostedZone GetHostedZone ListHostedZonesByName ChangeResourceRecordSets",
      ec2: "DescribeVpcs DescribeRegions",
    },
  },
  "aws:servicediscovery/service:Service": {
    source: "AWS::ServiceDiscovery::Service",
    actions: {
      servicediscovery: `CreateService DeleteService GetService UpdateService GetNamespace GetOperation ListInstances
        DeregisterInstance ListTagsForResource TagResource UntagResource`,
    },
  },
  "aws:apigatewayv2/api:Api": api("AWS::ApiGatewayV2::Api"),
  "aws:apigatewayv2/apiMapping:ApiMapping": api("AWS::ApiGatewayV2::ApiMapping", DOMAIN_NAMES),
  "aws:apigatewayv2/domainName:DomainName": api("AWS::ApiGatewayV2::DomainName", DOMAIN_NAMES),
  "aws:apigatewayv2/integration:Integration": api("AWS::ApiGatewayV2::Integration"),
  "aws:apigatewayv2/route:Route": api("AWS::ApiGatewayV2::Route"),
  "aws:apigatewayv2/stage:Stage": api("AWS::ApiGatewayV2::Stage"),
  "aws:apigatewayv2/vpcLink:VpcLink": {
    ...api("AWS::ApiGatewayV2::VpcLink", { "apigateway/vpclinks": "", "apigateway/vpclink": "*" }),
    serviceLinkedRoles: ["ops.apigateway.amazonaws.com"],
  },
  "aws:cloudfront/distribution:Distribution": {
    source: "AWS::CloudFront::Distribution",
    actions: {
      cloudfront: `CreateDistribution DeleteDistribution GetDistribution GetDistributionConfig
        UpdateDistribution ListTagsForResource TagResource UntagResource`,
      acm: "DescribeCertificate",
    },
  },
  "aws:cloudfront/cachePolicy:CachePolicy": {
    source: "AWS::CloudFront::CachePolicy",
    actions: { cloudfront: "CreateCachePolicy DeleteCachePolicy GetCachePolicy UpdateCachePolicy" },
  },
};
