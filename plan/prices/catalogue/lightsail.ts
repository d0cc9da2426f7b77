/** Lightsail's bundles, USD a month. */
import { bundles, bundleSource } from "../../../components/tiers/lightsail-vm/bundles";
import { powers } from "../../../components/tiers/lightsail/sizes";
import { type Price, price, type ServicePrice, type ServicePrices, type Source } from "../price";
import { hearsay, MEMORY, page } from "./sources";

const GUIDE = "https://docs.aws.amazon.com/lightsail/latest/userguide";
const DATABASES = page(`${GUIDE}/amazon-lightsail-choosing-a-database.html`);
const BILLING = page(`${GUIDE}/amazon-lightsail-faq-billing.html`);
const CONTAINERS = page(`${GUIDE}/amazon-lightsail-container-services.html`);
const IRELAND = "AWS documents one list, of us-east-1; most regions have the same";

/** The list that AWS documents; in another region it is likely, and not certain. */
function listed(unit: string, usd: number, source: Source): ServicePrice {
  const elsewhere: Price = price(usd, hearsay(`${source.source} (${IRELAND})`, source.asOf));
  return { unit, prices: { "us-east-1": price(usd, source), "eu-west-1": elsewhere } };
}

/** `sizes.ts` says in words where a price was read: AWS's pages, or somebody else. */
const powerSource = (source: string, asOf: string): Source => ({
  source,
  asOf,
  certain: source.startsWith("https://docs.aws.amazon.com/"),
});

const DATABASE_BUNDLES: Readonly<Record<string, number>> = {
  micro_2_0: 15,
  micro_ha_2_0: 30,
  small_2_0: 30,
  small_ha_2_0: 60,
  medium_2_0: 60,
  medium_ha_2_0: 120,
  large_2_0: 115,
  large_ha_2_0: 230,
};
const DISTRIBUTIONS: Readonly<Record<string, number>> = { small_1_0: 2.5, medium_1_0: 10, large_1_0: 35 };
const BUCKETS: Readonly<Record<string, number>> = { small_1_0: 1, medium_1_0: 3, large_1_0: 5 };

const bundled = (prefix: string, prices: Readonly<Record<string, number>>, source: Source): ServicePrices =>
  Object.fromEntries(Object.entries(prices).map(([id, usd]) => [`${prefix}.${id}`, listed("month", usd, source)]));

/** GB of traffic a month that come with each container service, and with each bundle. */
export const lightsailTraffic = {
  container: 500,
  instance: {
    nano_3_0: 1000,
    micro_3_0: 2000,
    small_3_0: 3000,
    medium_3_0: 4000,
    large_3_0: 5000,
    xlarge_3_0: 6000,
    "2xlarge_3_0": 7000,
  } as Readonly<Record<string, number>>,
  distribution: { small_1_0: 50, medium_1_0: 200, large_1_0: 500 } as Readonly<Record<string, number>>,
};

export const lightsail: ServicePrices = {
  ...Object.fromEntries(
    powers.map(({ power, price: usd, source, asOf }) => [
      `lightsail.container.${power}`,
      listed("node-month", usd, powerSource(source.price, asOf)),
    ]),
  ),
  ...Object.fromEntries(
    bundles.map(({ id, price: usd }) => [
      `lightsail.instance.${id}`,
      listed("month", usd, { source: bundleSource.page, asOf: bundleSource.asOf, certain: true }),
    ]),
  ),
  ...bundled("lightsail.database", DATABASE_BUNDLES, DATABASES),
  ...bundled("lightsail.distribution", DISTRIBUTIONS, MEMORY),
  ...bundled("lightsail.bucket", BUCKETS, MEMORY),
  "lightsail.balancer": listed("month", 18, BILLING),
  "lightsail.disk": listed("GB-month", 0.1, BILLING),
  /** What is above the traffic that comes with a bundle. */
  "lightsail.traffic": listed("GB", 0.09, CONTAINERS),
};
