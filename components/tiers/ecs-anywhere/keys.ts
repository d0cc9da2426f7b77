/** What the tier does to each Compose key. Pure. */
import { changed, kept, type KeyTable, refused } from "../../../app/fit";
import { commonKeys } from "../common-keys";
import { deployKeys } from "../ecs/rules/deploy";
import { fileKeys } from "../ecs/rules/files";
import { networkKeys } from "../ecs/rules/network";
import { processKeys } from "../ecs/rules/process";
import { resourceKeys } from "../ecs/rules/resources";
import { leftOut, ruleMakers, type ServiceRule } from "../ecs/rules/rule";
import { anywhereTier } from "./anywhere-tier";
import { deployRows } from "./rules/deploy";
import { fileRows } from "./rules/files";
import { machineKeys } from "./rules/machine";
import { networkRows } from "./rules/network";
import { resourceRows } from "./rules/resources";
import { architectureOf, taskArchitecture } from "./size";

const makers = ruleMakers(anywhereTier);
const { ofService } = makers;

const platform: ServiceRule = (service, use, { task }) => {
  const said = String(use.value);
  if (said === "linux") return leftOut("every machine has Linux", "say linux/amd64 or linux/arm64");
  if (!/^(?:linux\/)?(?:amd64|x86_64|x86-64|arm64|aarch64)(?:\/v\d)?$/u.test(said))
    return refused(`${said} does not run here`, "build the image for linux/amd64 or linux/arm64");
  const [own, whole] = [architectureOf(service), taskArchitecture(task.services)];
  return own === whole
    ? kept("the processor of the machines that the task may run on")
    : refused(
        `one task runs on one machine, and another service is for ${whole ?? "another processor"}`,
        "build all images for one processor",
      );
};

export const anywhereKeys: KeyTable = {
  ...commonKeys,
  ...deployKeys(makers),
  ...fileKeys(makers),
  ...networkKeys(makers),
  ...processKeys(makers),
  ...resourceKeys(makers),
  ...machineKeys(makers),
  ...deployRows(makers),
  ...fileRows,
  ...networkRows(makers),
  ...resourceRows(makers),
  "services.*.platform": ofService(platform),
  "services.*.labels": kept("labels of the container"),
  "services.*.label_file": kept("read into the labels of the container"),
  "services.*.logging.driver": changed(
    "logs go to a CloudWatch log group of the service's own",
    "aws logs tail shows them; leave the key out to be rid of this line",
  ),
  "services.*.sysctls.*": ofService((_service, use, { tier }) => {
    const name = use.key.slice("sysctls.".length);
    return tier.containers.sysctls.can(name)
      ? kept("set for the container")
      : refused(`${name} cannot be set: ${tier.containers.sysctls.text}`, "set it on the machine itself");
  }),
};
