/** EC2 instances on demand, Linux, USD an hour. */
import { type Price, price, type ServicePrices, type Source } from "../price";

/** Of us-east-1. */
const KARPENTER: Source = {
  source: "aws/karpenter-provider-aws, pkg/providers/pricing/zz_generated.pricing_aws.go (1d92708), AWS's price list",
  asOf: "2026-07-20",
  certain: true,
};
/** Of eu-west-1, as the file has them, reckoned from another size of the family, or as a bill of June 2026 had them. */
const EU: Readonly<Record<"listed" | "derived" | "billed", Source>> = {
  listed: { source: "apache-libcloud 3.9.1, libcloud/data/pricing.json, ec2_linux", asOf: "2025-03-02", certain: true },
  derived: {
    source: "apache-libcloud 3.9.1, another size of the family: prices are linear in size",
    asOf: "2025-03-02",
    certain: false,
  },
  billed: { source: "effective rates of an account in eu-west-1 (Cost Explorer)", asOf: "2026-06", certain: true },
};

type Row = readonly [type: string, us: number, eu?: number, basis?: keyof typeof EU];

/** Where the price in eu-west-1 is left out no source has it. */
const TABLE: readonly Row[] = [
  ["t3.nano", 0.0052, 0.0057],
  ["t3.micro", 0.0104, 0.0114],
  ["t3.small", 0.0208, 0.0228],
  ["t3.medium", 0.0416, 0.0456, "derived"],
  ["t3.large", 0.0832, 0.0912, "derived"],
  ["t3.xlarge", 0.1664, 0.1824, "derived"],
  ["t3.2xlarge", 0.3328, 0.3648, "derived"],
  ["t4g.nano", 0.0042, 0.0046],
  ["t4g.micro", 0.0084, 0.0092],
  ["t4g.small", 0.0168, 0.0184, "billed"],
  ["t4g.medium", 0.0336, 0.0368, "billed"],
  ["t4g.large", 0.0672, 0.0736],
  ["t4g.xlarge", 0.1344, 0.1472],
  ["t4g.2xlarge", 0.2688, 0.2944],
  ["c6i.large", 0.085, 0.0912, "derived"],
  ["c6i.xlarge", 0.17, 0.1824],
  ["c6i.2xlarge", 0.34, 0.3648],
  ["c6i.4xlarge", 0.68, 0.7296],
  ["c6g.medium", 0.034, 0.0365],
  ["c6g.large", 0.068, 0.073],
  ["c6g.xlarge", 0.136, 0.146, "derived"],
  ["c6g.2xlarge", 0.272, 0.2918],
  ["c7g.medium", 0.0363, 0.0387, "derived"],
  ["c7g.large", 0.0725, 0.0775],
  ["c7g.xlarge", 0.145, 0.155],
  ["c7g.2xlarge", 0.29, 0.31, "derived"],
  ["c7g.4xlarge", 0.58, 0.62, "derived"],
  ["m6i.large", 0.096, 0.107, "derived"],
  ["m6i.xlarge", 0.192, 0.214],
  ["m6i.2xlarge", 0.384, 0.428, "derived"],
  ["m6g.medium", 0.0385, 0.043],
  ["m6g.large", 0.077, 0.086],
  ["m6g.xlarge", 0.154, 0.172, "derived"],
  ["m6g.2xlarge", 0.308, 0.344],
  ["m7i.large", 0.1008, 0.1124, "derived"],
  ["m7i.xlarge", 0.2016, 0.2247],
  ["m7i.2xlarge", 0.4032, 0.4494, "derived"],
  ["m7i.4xlarge", 0.8064, 0.8988],
  ["m7i.8xlarge", 1.6128, 1.7976],
  ["m7i.16xlarge", 3.2256, 3.5952],
  ["m7g.medium", 0.0408, 0.0455],
  ["m7g.large", 0.0816, 0.091],
  ["m7g.xlarge", 0.1632, 0.1819],
  ["m7g.2xlarge", 0.3264, 0.364, "derived"],
  ["m7g.4xlarge", 0.6528, 0.7276],
  ["m7g.8xlarge", 1.3056, 1.4552],
  ["m7g.16xlarge", 2.6112, 2.9104, "derived"],
  ["r7i.large", 0.1323, 0.14805],
  ["r7i.xlarge", 0.2646, 0.2961],
  ["r7i.2xlarge", 0.5292, 0.5922, "derived"],
  ["r7i.4xlarge", 1.0584, 1.1844],
  ["r7i.8xlarge", 2.1168, 2.3688, "derived"],
  ["r7g.medium", 0.0536, 0.06, "derived"],
  ["r7g.large", 0.1071, 0.1199],
  ["r7g.xlarge", 0.2142, 0.2398, "derived"],
  ["r7g.2xlarge", 0.4284, 0.4794],
  ["r7g.4xlarge", 0.8568, 0.9588],
  ["r7g.8xlarge", 1.7136, 1.9176, "derived"],
  ["g4dn.xlarge", 0.526, 0.587],
  ["g4dn.2xlarge", 0.752],
  ["g4dn.4xlarge", 1.204],
  ["g4dn.8xlarge", 2.176],
  ["g4dn.12xlarge", 3.912, 4.362],
  ["g5.xlarge", 1.006],
  ["g5.2xlarge", 1.212],
  ["g5.12xlarge", 5.672],
  ["g6.xlarge", 0.8048],
  ["g6.2xlarge", 0.9776],
  ["g6.4xlarge", 1.3232],
  ["g6.8xlarge", 2.0144],
  ["g6.12xlarge", 4.6016],
];

const ireland = ([, , usd, basis = "listed"]: Row): Readonly<Record<string, Price>> =>
  usd === undefined ? {} : { "eu-west-1": price(usd, EU[basis]) };

/** `ec2.t3.micro` */
export const ec2: ServicePrices = Object.fromEntries(
  TABLE.map((row) => [
    `ec2.${row[0]}`,
    { unit: "hour", prices: { "us-east-1": price(row[1], KARPENTER), ...ireland(row) } },
  ]),
);
