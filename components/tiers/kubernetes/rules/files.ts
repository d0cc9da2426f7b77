/** Keys of volumes, secrets and configs on EKS. Pure. */
import { changed, type FitContext, kept, refused, type Verdict } from "../../../../app/fit";
import type { App, FileGrant, KeyUse, Service } from "../../../../app/model";
import { isTmpfs } from "../../ecs/mounts";
import { configContent, decideConfig, decideMount, decideSecret, decideTmpfs } from "../mounts";
import { indexOf, type KubernetesTier, leftOut, ofService } from "./rule";

/** A rule for a key of a volume, secret or config at the top of the file, which counts only where a service uses it. */
function ofTop(
  section: "volumes" | "secrets" | "configs",
  rule: (name: string, use: KeyUse, context: FitContext) => Verdict,
): (use: KeyUse, context: FitContext) => Verdict {
  return (use, context) => {
    const names = Object.keys(context.app[section]).filter(
      (n) => use.key === `${section}.${n}` || use.key.startsWith(`${section}.${n}.`),
    );
    const name = names.sort((a, b) => b.length - a.length)[0] ?? use.key.split(".")[1] ?? "";
    return isUsed(context.app, section, name)
      ? rule(name, use, context)
      : leftOut(`no service uses ${name}`, "name it under a service, or leave it out");
  };
}

function isUsed(app: App, section: "volumes" | "secrets" | "configs", name: string): boolean {
  return Object.values(app.services).some((service) =>
    section === "volumes"
      ? service.mounts.some((m) => m.type === "volume" && m.source === name)
      : service[section].some((grant) => grant.source === name),
  );
}

const secretValue = ofTop("secrets", () => kept("in a Secret of the app's own, encrypted in the cluster's store"));

const configValue = ofTop("configs", (name, _use, { app }) => {
  const content = configContent(app, name);
  return "outcome" in content ? content : kept("in a ConfigMap, mounted as a file");
});

/** The verdict stands at the grant's source; its other keys say how the file is. */
function ofGrant(
  list: "secrets" | "configs",
  decide: (app: App, service: Service, grant: FileGrant) => { readonly verdict: Verdict },
) {
  const rule = (say: (verdict: Verdict) => Verdict) =>
    ofService((service, use, { context }) => {
      const grant = service[list].find(({ index }) => index === indexOf(use));
      return grant ? say(decide(context.app, service, grant).verdict) : leftOut("it gives nothing");
    });
  const of = (word: Verdict) =>
    rule((verdict) => (verdict.outcome === "refused" ? leftOut("the file itself is refused", "see there") : word));
  return {
    source: rule((verdict) => verdict),
    detail: of(kept("so the file is mounted")),
    owner: of(leftOut("the file is root's, and open to others by its mode", "say mode: 0444, or run as root")),
  };
}

const secret = ofGrant("secrets", decideSecret);
const config = ofGrant("configs", decideConfig);

const volumeDriver = ofTop("volumes", (name, use) =>
  use.value !== "local" && use.value !== ""
    ? refused(`there is no volume driver ${String(use.value)}`, `leave the key out: ${name} is on EFS`)
    : leftOut("the volume's storage is the tier's choice, whichever driver Docker would take"),
);

const volumeOptions = ofTop("volumes", (name, _use, { app }) => {
  const options = app.volumes[name]?.driverOptions ?? {};
  if (isTmpfs(options)) return kept("in memory");
  if (["nfs", "nfs4", "cifs"].includes(options.type ?? ""))
    return refused(`a ${options.type} share cannot be mounted`, "copy its files into a volume of the app's own");
  if (options.o?.split(",").includes("bind") === true)
    return refused("the machine's own files are not there", "leave driver_opts out: the volume is on EFS");
  return leftOut("the volume is on EFS, which takes none of them");
});

export function fileKeys({ disks }: KubernetesTier) {
  /** One word for each mount, at its target; its type, source and mode are part of it. */
  const mount = ofService((service, use, { context, pod }) => {
    const found = service.mounts.find(({ index }) => index === indexOf(use));
    const within = { app: context.app, pod, disks: disks(context.placement) };
    return found ? decideMount(within, service, found).verdict : leftOut("it mounts nothing");
  });
  const volume = ofTop("volumes", (name, _use, { app, placement }) => {
    if (isTmpfs(app.volumes[name]?.driverOptions ?? {})) return kept("in memory");
    return name in disks(placement)
      ? changed("on a disk of its own, which a change of tier leaves behind", "a volume on EFS stays where it is")
      : kept("a folder of its own on the app's EFS file system");
  });
  return {
    "configs.*.content": configValue,
    "configs.*.environment": configValue,
    "configs.*.external": configValue,
    "configs.*.file": configValue,
    "configs.*.name": ofTop("configs", () => leftOut("a config is called by its key")),
    "secrets.*.environment": secretValue,
    "secrets.*.external": ofTop("secrets", (name, _use, { app }) => {
      const { name: arn } = app.secrets[name] ?? { name: "" };
      return arn.startsWith("arn:")
        ? kept("its value is read when it is deployed, and put into a Secret of the app's own")
        : kept("its value is taken from spectrum:secrets, and put into a Secret of the app's own");
    }),
    "secrets.*.file": secretValue,
    "secrets.*.name": ofTop("secrets", (name, use, { app }) =>
      app.secrets[name]?.kind === "external" && String(use.value).startsWith("arn:")
        ? kept("the existing secret or parameter")
        : leftOut("a secret is called by its key"),
    ),
    "services.*.configs": config.source,
    "services.*.configs[].gid": config.owner,
    "services.*.configs[].mode": config.detail,
    "services.*.configs[].target": config.detail,
    "services.*.configs[].uid": config.owner,
    "services.*.secrets": secret.source,
    "services.*.secrets[].gid": secret.owner,
    "services.*.secrets[].mode": secret.detail,
    "services.*.secrets[].target": secret.detail,
    "services.*.secrets[].uid": secret.owner,
    // one word for the whole list
    "services.*.tmpfs": ofService((service) => {
      const [first] = service.tmpfs.map((_, i) => decideTmpfs(service, i).verdict);
      return first ?? leftOut("it mounts nothing");
    }),
    "services.*.volumes": leftOut("it mounts nothing"),
    "services.*.volumes[].bind": leftOut("there is no folder of a machine to mount"),
    "services.*.volumes[].consistency": leftOut("Docker itself ignores it"),
    "services.*.volumes[].image": () => null,
    "services.*.volumes[].read_only": () => null,
    "services.*.volumes[].source": () => null,
    "services.*.volumes[].target": mount,
    "services.*.volumes[].tmpfs": leftOut("every user of the container may write to it"),
    "services.*.volumes[].tmpfs.size": kept("the most that the folder takes of memory"),
    "services.*.volumes[].type": () => null,
    "services.*.volumes[].volume": leftOut("a volume carries no labels"),
    "services.*.volumes[].volume.nocopy": leftOut("nothing of the image is ever copied into a volume"),
    "services.*.volumes[].volume.subpath": () => null,
    "services.*.volumes_from": ofService((service, _use, { pod }) => {
      const outside = service.volumesFrom.filter(
        ({ service: from }) => !pod.services.some(({ name }) => name === from),
      );
      if (outside.length === 0 && service.volumesFrom.length > 0) return kept("mounted in both containers of the pod");
      const names = outside.map(({ service: from }) => from).join(" and ");
      return refused(
        `${names === "" ? "a container of another project" : names} is not in the same pod`,
        "name the volumes under volumes, and mount them in both services",
      );
    }),
    "volumes.*": volume,
    "volumes.*.driver": volumeDriver,
    "volumes.*.driver_opts": volumeOptions,
    "volumes.*.external": ofTop("volumes", (name) =>
      refused(
        `${name} is a volume of another project, with data that is not here`,
        "leave external out for an empty volume of the app's own",
      ),
    ),
    "volumes.*.labels": ofTop("volumes", () => leftOut("a volume carries no labels")),
    "volumes.*.name": ofTop("volumes", () => leftOut("a volume is called by its key")),
  } as const;
}
