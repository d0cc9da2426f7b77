/** Keys of a container's processor, labels and logs on the ECS tiers. Pure. */
import { changed, kept, refused } from "../../../../app/fit";
import type { RuleMakers } from "./rule";

export const containerKeys = ({ ofService }: RuleMakers) => ({
  "services.*.platform": ofService((_service, use) => {
    const platform = String(use.value);
    if (/^(?:linux\/)?(?:amd64|x86_64|arm64|aarch64)(?:\/v\d)?$/u.test(platform))
      return kept("the processor that the task runs on");
    if (platform === "linux") return changed("the task runs on x86-64", "say linux/amd64 or linux/arm64");
    return refused(`${platform} does not run here`, "build the image for linux/amd64 or linux/arm64");
  }),
  "services.*.labels": kept("labels of the container"),
  "services.*.label_file": kept("read into the labels of the container"),
  "services.*.logging.driver": changed(
    "logs go to a CloudWatch log group of the service's own",
    "aws logs tail shows them; leave the key out to be rid of this line",
  ),
});
