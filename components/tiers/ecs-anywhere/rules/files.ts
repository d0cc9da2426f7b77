/** Keys of volumes, where they are Docker's own on the machine. Pure. */
import { changed, type FitContext, kept, refused, type Verdict } from "../../../../app/fit";
import type { KeyUse, Volume } from "../../../../app/model";
import { leftOut } from "../../ecs/rules/rule";
import { VOLUME_NAME } from "../limits";

type Rule = (use: KeyUse, context: FitContext) => Verdict;

/** A rule for a volume that some service mounts. */
const ofVolume =
  (rule: (volume: Volume, use: KeyUse, name: string) => Verdict): Rule =>
  (use, { app }) => {
    const name = Object.keys(app.volumes)
      .filter((n) => use.key === `volumes.${n}` || use.key.startsWith(`volumes.${n}.`))
      .sort((a, b) => b.length - a.length)[0];
    const volume = name === undefined ? undefined : app.volumes[name];
    if (name === undefined || !volume || !isMounted(app.services, name))
      return leftOut(`no service uses ${name ?? "it"}`, "name it under a service, or leave it out");
    return rule(volume, use, name);
  };

const isMounted = (services: FitContext["app"]["services"], name: string): boolean =>
  Object.values(services).some(({ mounts }) => mounts.some((m) => m.type === "volume" && m.source === name));

const external = ofVolume(({ name, external: is }) => {
  if (!is) return leftOut("it is none of another project's");
  return VOLUME_NAME.test(name)
    ? kept(`Docker's volume ${name}, which must be on the machine already`)
    : refused(`ECS takes no volume of the name ${name}`, "call it by letters, digits, hyphens and underscores");
});

export const fileRows = {
  "services.*.volumes[].bind": leftOut("ECS mounts a folder of the machine as it is, and makes none"),
  "services.*.volumes[].tmpfs": leftOut("it says nothing"),
  "services.*.volumes[].tmpfs.size": kept("of the folder in the machine's memory"),
  "services.*.volumes[].tmpfs.mode": leftOut(
    "every user of the container may write there",
    "use tmpfs, which has a mode",
  ),
  "services.*.volumes[].volume.nocopy": leftOut("Docker copies what the image has into an empty volume"),
  "volumes.*": ofVolume((_volume, _use, name) => kept(`Docker's volume ${name} on the machine`)),
  "volumes.*.driver": ofVolume((_volume, use) =>
    use.value === "local" || use.value === ""
      ? leftOut("it is Docker's own driver anyway")
      : kept("the volume's driver, which must be on the machine already"),
  ),
  "volumes.*.driver_opts": ofVolume(() => kept("passed on to the volume's driver")),
  "volumes.*.external": external,
  "volumes.*.labels": ofVolume((volume) =>
    volume.external ? leftOut("the volume is there already") : kept("labels of Docker's volume"),
  ),
  "volumes.*.name": ofVolume(({ name }) =>
    VOLUME_NAME.test(name)
      ? kept("Docker's volume on the machine is called so")
      : changed("left out: ECS takes letters, digits, hyphens and underscores", "call it so"),
  ),
} as const;
