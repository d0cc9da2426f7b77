/** What the load balancer knows a distribution by: a header that it adds to each request. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { parameterName } from "../../names";

export const SECRET_HEADER = "X-Spectrum-Origin";
/** Of letters and digits: a rule's value takes 128, and has wildcards. */
const LENGTH = 64;

/**
 * The prefix list lets in CloudFront, and so the distribution of anybody's account; the header lets in this one alone.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/restrict-access-to-load-balancer.html
 *
 * Its value is AWS's own random text, drawn with each run and kept from the first in a parameter, whose value is then left as
 * it is. A VPC origin would need no secret, but an internal load balancer, which an environment's cannot become in place.
 */
export function originSecret(
  name: string,
  { app, environment }: { readonly app: string; readonly environment: string },
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const drawn = aws.secretsmanager.getRandomPasswordOutput(
    { passwordLength: LENGTH, excludePunctuation: true },
    { parent },
  );
  const parameter = new aws.ssm.Parameter(
    name,
    {
      name: parameterName(pulumi.getProject(), environment, app, "cdn", "origin-secret"),
      type: "SecureString",
      value: pulumi.secret(drawn.randomPassword),
    },
    { parent, ignoreChanges: ["value"] },
  );
  return parameter.value;
}
