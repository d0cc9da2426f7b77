/** What the tier does to each Compose key. Pure. */
import { changed, kept, type KeyTable, refused } from "../../../app/fit";
import { commonKeys, managedMachineKeys } from "../common-keys";
import { deployKeys } from "./rules/deploy";
import { fileKeys } from "./rules/files";
import { leftOut, NOTHING, ofService } from "./rules/rule";
import { networkKeys } from "./rules/network";
import { processKeys } from "./rules/process";
import { resourceKeys } from "./rules/resources";

export const fargateKeys: KeyTable = {
  ...commonKeys,
  ...managedMachineKeys,
  ...deployKeys,
  ...fileKeys,
  ...networkKeys,
  ...processKeys,
  ...resourceKeys,
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
  "services.*.runtime": leftOut("AWS chooses the container runtime", NOTHING),
};
