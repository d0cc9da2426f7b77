/** What the EKS tiers do to each Compose key. Pure. */
import { changed, kept, type KeyTable, refused } from "../../../app/fit";
import { commonKeys, managedMachineKeys } from "../common-keys";
import { plainCapability } from "./security";
import { deployKeys } from "./rules/deploy";
import { fileKeys } from "./rules/files";
import { networkKeys } from "./rules/network";
import { processKeys } from "./rules/process";
import { resourceKeys } from "./rules/resources";
import { flag, type KubernetesTier, leftOut, NOTHING, ofService } from "./rules/rule";

/** Rights that Fargate's pods may be given besides Docker's default ones: none that reaches the machine. */
const FARGATE_ADDS = ["SYS_PTRACE"];
const DEFAULTS = [
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "NET_RAW",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
];

export function kubernetesKeys(tier: KubernetesTier): KeyTable {
  const onNodes = tier.compute === "nodes";
  return {
    ...commonKeys,
    ...managedMachineKeys,
    ...deployKeys,
    ...fileKeys(tier),
    ...networkKeys,
    ...processKeys,
    ...resourceKeys(tier),
    "services.*.cap_add": ofService((service) => {
      const missing = service.capAdd
        .map(plainCapability)
        .filter((name) => !onNodes && !DEFAULTS.includes(name) && !FARGATE_ADDS.includes(name));
      return missing.length > 0
        ? refused(`${missing.join(" and ")} cannot be had on Fargate`, "do without, or use the tier eks")
        : kept("added to the container's rights");
    }),
    "services.*.cap_drop": kept("taken from the container's rights"),
    ...(onNodes && { "services.*.privileged": flag(kept("the container may do on its node what root may")) }),
    "services.*.platform": ofService((_service, use) => {
      const platform = String(use.value);
      if (!onNodes && /arm64|aarch64/u.test(platform))
        return refused("Fargate runs no pods on ARM", "build the image for linux/amd64, or use the tier eks");
      if (/^(?:linux\/)?(?:amd64|x86_64|arm64|aarch64)(?:\/v\d)?$/u.test(platform))
        return onNodes
          ? kept("the processor of the node that the pod runs on")
          : leftOut("Fargate's pods run on x86-64 anyway");
      if (platform === "linux") return leftOut("the pod runs on x86-64", "say linux/amd64 or linux/arm64");
      return refused(`${platform} does not run here`, "build the image for linux/amd64 or linux/arm64");
    }),
    ...(!onNodes && {
      "services.*.build.platforms": ofService((_service, use) => {
        const [first, ...others] = (Array.isArray(use.value) ? use.value : [use.value]).map(String);
        if (/arm64|aarch64/u.test(first ?? ""))
          return refused("Fargate runs no pods on ARM", "build the image for linux/amd64, or use the tier eks");
        return others.length === 0
          ? kept("the platform that the image is built for and runs on")
          : changed(`built for ${first ?? "linux"} alone, which it runs on`, "name one platform");
      }),
    }),
    "services.*.runtime": leftOut("containerd runs the containers", NOTHING),
  };
}
