/** Networks, their rules and their endpoints. */
import type { Grants } from "../grant";

const TAGS = "CreateTags DeleteTags";

export const network: Grants = {
  "aws:ec2/vpc:Vpc": {
    source: "AWS::EC2::VPC",
    actions: {
      ec2: `${TAGS} CreateVpc DeleteVpc DescribeVpcs DescribeVpcAttribute ModifyVpcAttribute DescribeNetworkAcls
        DescribeRouteTables DescribeSecurityGroups`,
    },
  },
  "aws:ec2/subnet:Subnet": {
    source: "AWS::EC2::Subnet",
    actions: {
      ec2: `${TAGS} CreateSubnet DeleteSubnet DescribeSubnets ModifySubnetAttribute DescribeNetworkInterfaces
        DescribeAvailabilityZones`,
    },
  },
  "aws:ec2/internetGateway:InternetGateway": {
    source: "AWS::EC2::InternetGateway",
    actions: {
      ec2: `${TAGS} CreateInternetGateway DeleteInternetGateway DescribeInternetGateways AttachInternetGateway
        DetachInternetGateway`,
    },
  },
  "aws:ec2/natGateway:NatGateway": {
    source: "AWS::EC2::NatGateway",
    actions: { ec2: `${TAGS} CreateNatGateway DeleteNatGateway DescribeNatGateways` },
  },
  "aws:ec2/eip:Eip": {
    source: "AWS::EC2::EIP",
    actions: {
      ec2: `${TAGS} AllocateAddress ReleaseAddress AssociateAddress DisassociateAddress DescribeAddresses
        DescribeAddressesAttribute`,
    },
  },
  "aws:ec2/routeTable:RouteTable": {
    source: "AWS::EC2::RouteTable",
    actions: {
      ec2: `${TAGS} CreateRouteTable DeleteRouteTable DescribeRouteTables CreateRoute DeleteRoute ReplaceRoute
        DisassociateRouteTable`,
    },
  },
  "aws:ec2/route:Route": {
    source: "AWS::EC2::Route",
    actions: { ec2: "CreateRoute DeleteRoute ReplaceRoute DescribeRouteTables" },
  },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    source: "AWS::EC2::SubnetRouteTableAssociation",
    actions: {
      ec2: "AssociateRouteTable DisassociateRouteTable ReplaceRouteTableAssociation DescribeRouteTables",
    },
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    source: "AWS::EC2::SecurityGroup",
    actions: {
      ec2: `${TAGS} CreateSecurityGroup DeleteSecurityGroup DescribeSecurityGroups DescribeSecurityGroupRules
        AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress RevokeSecurityGroupEgress RevokeSecurityGroupIngress
        DescribeNetworkInterfaces`,
    },
  },
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
    source: null,
    actions: {
      ec2: `${TAGS} DescribeSecurityGroups DescribeSecurityGroupRules AuthorizeSecurityGroupEgress
        AuthorizeSecurityGroupIngress RevokeSecurityGroupEgress RevokeSecurityGroupIngress`,
    },
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
    source: "AWS::EC2::SecurityGroupIngress",
    actions: {
      ec2: `${TAGS} AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress ModifySecurityGroupRules
        DescribeSecurityGroupRules`,
    },
  },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
    source: "AWS::EC2::SecurityGroupEgress",
    actions: {
      ec2: `${TAGS} AuthorizeSecurityGroupEgress RevokeSecurityGroupEgress ModifySecurityGroupRules
        DescribeSecurityGroupRules`,
    },
  },
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    source: "AWS::EC2::VPCEndpoint",
    actions: {
      ec2: `${TAGS} CreateVpcEndpoint DeleteVpcEndpoints DescribeVpcEndpoints ModifyVpcEndpoint DescribePrefixLists`,
      // the private name of an interface endpoint is in a zone of Route 53
      route53: "AssociateVPCWithHostedZone",
    },
  },
};
