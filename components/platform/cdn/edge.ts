/** Where the parts of CloudFront are, whatever the environment's region: certificates, logs, Lightsail's distributions and zones. */
export const EDGE_REGION = "us-east-1";

/**
 * The zone of every distribution's own domain name, Lightsail's too, that an alias needs.
 * https://docs.aws.amazon.com/general/latest/gr/cf_region.html
 */
export const EDGE_ZONE = "Z2FDTNDATAQYW2";
