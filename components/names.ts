/** Physical names within AWS's limits: pure functions from what the user named to what AWS takes. */
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

/** The first `length` hex digits of the text's SHA-256. */
export function shortHash(text: string, length = 8): string {
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}

/** What every name of an environment starts with: `spectrum-dev`. Two environments of one account never share it. */
export function environmentPrefix(environment: string): string {
  return `${pulumi.getProject()}-${environment}`;
}

/**
 * Lower-case letters, digits and single hyphens, at most `max` characters. A text that has to be changed ends with six
 * hex digits of its hash, so that two texts never become one name.
 */
export function slug(text: string, max: number): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, "-")
    .replace(/^-+|-+$/gu, "");
  if (plain === text && plain !== "" && plain.length <= max) return plain;
  const hash = shortHash(text, 6);
  const head = plain.slice(0, Math.max(0, max - hash.length - 1)).replace(/-+$/u, "");
  return head === "" ? hash : `${head}-${hash}`;
}

/**
 * A prefix of at most six characters for what AWS names by prefix (`namePrefix` of a target group): letters and digits
 * of the text and a hyphen.
 */
export function namePrefix(text: string): string {
  const letters = text.replace(/[^A-Za-z0-9]/gu, "").slice(0, 5);
  return `${letters === "" ? "x" : letters}-`;
}

/** A repository's name: lower-case path segments of letters, digits and single separators, 256 characters at most. */
export function repositoryName(...segments: readonly string[]): string {
  return segments.map((segment) => slug(segment, 60)).join("/");
}

/** A name under which SSM keeps a parameter: `/spectrum/dev/shop/DB_PASSWORD`. */
export function parameterName(...segments: readonly string[]): string {
  const safe = segments.map((segment) => {
    const plain = segment.replace(/[^A-Za-z0-9_.-]/gu, "_");
    return plain === segment ? plain : `${plain}-${shortHash(segment, 6)}`;
  });
  return `/${safe.join("/")}`;
}

/** The partition of AWS that a region belongs to. */
export function partitionOf(region: string): "aws" | "aws-cn" | "aws-us-gov" {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** The longest logical name whose generated physical one (with a hyphen and seven digits) every kind of resource takes: an IAM role's has 64 characters. */
const CHILD_LENGTH = 56;

/**
 * A child's logical name: the parts with hyphens between them. Letters, digits, hyphens and underscores, so that the
 * physical name that Pulumi makes of it is one for AWS; a text that has to be changed ends with six digits of its hash.
 */
export function childName(...parts: readonly string[]): string {
  const text = parts.join("-");
  const plain = text.replace(/[^A-Za-z0-9_-]+/gu, "-").replace(/^-+/u, "");
  if (plain === text && plain.length <= CHILD_LENGTH) return plain;
  const hash = shortHash(text, 6);
  return `${plain.slice(0, CHILD_LENGTH - hash.length - 1).replace(/-+$/u, "")}-${hash}`;
}
