/** The image that writes a task's files. Pure. */
import { ecrRegistry, parseImage } from "../../../app/image";
import { partitionOf } from "../../names";

/** A small image with `sh`, in AWS's public registry, so that no limit of Docker Hub's counts. */
export const FILES_IMAGE = "public.ecr.aws/docker/library/busybox:1.37.0";

/** The private repository that the image is in; `null` for a public one, which anybody may pull from. */
export function ecrRepository(image: string): { readonly arn: string; readonly name: string } | null {
  const reference = parseImage(image);
  const registry = reference && ecrRegistry(reference.registry);
  if (!reference || !registry) return null;
  const { account, region } = registry;
  const name = reference.repository;
  return { arn: `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${name}`, name };
}
