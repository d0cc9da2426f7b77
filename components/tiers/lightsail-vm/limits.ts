/**
 * Limits of Lightsail instances and of Systems Manager. Sources: the Lightsail API model (botocore 1.44.5), the quotas of
 * Lightsail and of Systems Manager in the AWS General Reference.
 */

/** Characters of a resource's name (ResourceName has no limit in the model; the console's is 255). */
export const RESOURCE_NAME_LENGTH = 255;
/**
 * Bytes of a document's content: AWS takes 64 KB. The script and the document's own words take some 16 KiB.
 * https://docs.aws.amazon.com/general/latest/gr/ssm.html
 */
export const MAX_DOCUMENT_BYTES = 64 * 1024;
/** Bytes of Compose file and files beside it that a document carries. */
export const MAX_FILE_BYTES = 44 * 1024;

/** Ubuntu: its own packages bring Docker, the Compose plugin, boto3 and, as a snap, the agent. */
export const BLUEPRINT = "ubuntu_24_04";

/** Regions with Lightsail instances (RegionName of the API model). */
export const regions: readonly string[] = [
  "us-east-1",
  "us-east-2",
  "us-west-2",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "eu-central-1",
  "eu-north-1",
  "eu-south-2",
  "ca-central-1",
  "ap-east-1",
  "ap-south-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-southeast-3",
  "ap-southeast-5",
  "ap-northeast-1",
  "ap-northeast-2",
  "sa-east-1",
];
