/** A secret that nobody has to think of. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Of letters and digits, so that it may stand in a header, a URL and a load balancer's rule. */
const LENGTH = 64;

/** AWS's own random text, drawn with each run and kept from the first in an SSM parameter, whose value is then left as it is. */
export function drawnSecret(name: string, parameter: string, parent: pulumi.Resource): pulumi.Output<string> {
  const drawn = aws.secretsmanager.getRandomPasswordOutput(
    { passwordLength: LENGTH, excludePunctuation: true },
    { parent },
  );
  const kept = new aws.ssm.Parameter(
    name,
    { name: parameter, type: "SecureString", value: pulumi.secret(drawn.randomPassword) },
    { parent, ignoreChanges: ["value"] },
  );
  return kept.value;
}
