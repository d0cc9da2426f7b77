/** What the load balancer knows a distribution by: a header that it adds to each request. */
import * as pulumi from "@pulumi/pulumi";
import { drawnSecret } from "../../drawn-secret";
import { parameterName } from "../../names";

export const SECRET_HEADER = "X-Spectrum-Origin";
/**
 * The prefix list lets in CloudFront, and so the distribution of anybody's account; the header lets in this one alone.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/restrict-access-to-load-balancer.html
 *
 * A VPC origin would need no secret, but an internal load balancer, which an environment's cannot become in place.
 */
export function originSecret(
  name: string,
  { app, environment }: { readonly app: string; readonly environment: string },
  parent: pulumi.Resource,
): pulumi.Output<string> {
  return drawnSecret(name, parameterName(pulumi.getProject(), environment, app, "cdn", "origin-secret"), parent);
}
