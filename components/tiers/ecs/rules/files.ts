/** Keys of volumes, secrets and configs on the ECS tiers. Pure. */
import { changed, type FitContext, kept, refused, type Verdict } from "../../../../app/fit";
import type { App, FileGrant, KeyUse, Service } from "../../../../app/model";
import { secretStoreOf } from "../../common-keys";
import { configContent, decideConfig, decideMount, decideSecret, decideTmpfs, isTmpfs } from "../mounts";
import { indexOf, leftOut, type RuleMakers, type ServiceRule } from "./rule";

const nameOf = (use: KeyUse) => use.key.split(".")[1] ?? "";

/** A rule for a key of a volume, secret or config at the top of the file, which counts only where a service uses it. */
function ofTop(
  section: "volumes" | "secrets" | "configs",
  rule: (name: string, use: KeyUse, context: FitContext) => Verdict,
): (use: KeyUse, context: FitContext) => Verdict {
  return (use, context) => {
    const names = Object.keys(context.app[section]).filter(
      (n) => use.key === `${section}.${n}` || use.key.startsWith(`${section}.${n}.`),
    );
    const name = names.sort((a, b) => b.length - a.length)[0] ?? nameOf(use);
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

const secretValue = ofTop("secrets", (_name, _use, context) =>
  kept(`stored encrypted in ${secretStoreOf(context)}, and given by reference`),
);

const configValue = ofTop("configs", (name, _use, { app }) => {
  const content = configContent(app, name);
  return "outcome" in content ? content : kept("written into files when a task starts");
});

/** The verdict stands at the grant's source; its other keys say how the file is. */
function ofGrant(
  list: "secrets" | "configs",
  decide: (app: App, service: Service, grant: FileGrant) => { readonly verdict: Verdict },
) {
  const rule =
    (say: (verdict: Verdict) => Verdict): ServiceRule =>
    (service, use, { context }) => {
      const grant = service[list].find(({ index }) => index === indexOf(use));
      return grant ? say(decide(context.app, service, grant).verdict) : leftOut("it gives nothing");
    };
  const detail = rule((verdict) =>
    verdict.outcome === "refused" ? leftOut("the file itself is refused", "see there") : kept("so the file is written"),
  );
  return { source: rule((verdict) => verdict), detail };
}

const secret = ofGrant("secrets", decideSecret);
const config = ofGrant("configs", decideConfig);

/** One word for each mount, at its target; its type, source and mode are part of it. */
const mount: ServiceRule = (service, use, { context, task, tier }) => {
  const found = service.mounts.find(({ index }) => index === indexOf(use));
  return found
    ? decideMount(context.app, task, service, found, tier.containers.mounts).verdict
    : leftOut("it mounts nothing");
};

/** One word for the whole list. */
const tmpfs: ServiceRule = (service, _use, { tier }) => {
  const verdicts = service.tmpfs.map((_, i) => decideTmpfs(service, i, tier.containers.mounts).verdict);
  return verdicts.find(({ outcome }) => outcome !== "kept") ?? verdicts[0] ?? leftOut("it mounts nothing");
};

const volumeDriver = ofTop("volumes", (name, use) => {
  if (use.value !== "local" && use.value !== "")
    return refused(`there is no volume driver ${String(use.value)}`, `leave the key out: ${name} is on EFS`);
  return leftOut("the volume is on EFS, whichever driver Docker would take");
});

const volumeOptions = ofTop("volumes", (name, _use, { app }) => {
  const options = app.volumes[name]?.driverOptions ?? {};
  if (isTmpfs(options)) return changed("on the task's own disk, as there is no memory to mount", "nothing to do");
  if (["nfs", "nfs4", "cifs"].includes(options.type ?? ""))
    return refused(`a ${options.type} share cannot be mounted`, "copy its files into a volume of the app's own");
  if (options.o?.split(",").includes("bind") === true)
    return refused("the machine's own files are not there", "leave driver_opts out: the volume is on EFS");
  return leftOut("the volume is on EFS, which takes none of them");
});

const volume = ofTop("volumes", (name, _use, { app }) =>
  isTmpfs(app.volumes[name]?.driverOptions ?? {})
    ? changed("on the task's own disk", "nothing to do")
    : kept("a folder of its own on the app's EFS file system"),
);

export const fileKeys = ({ ofService }: RuleMakers) => ({
  "configs.*.content": configValue,
  "configs.*.environment": configValue,
  "configs.*.external": configValue,
  "configs.*.file": configValue,
  "configs.*.name": ofTop("configs", () => leftOut("a config is called by its key")),
  "secrets.*.environment": secretValue,
  "secrets.*.external": ofTop("secrets", (name, _use, context) => {
    const { name: arn } = context.app.secrets[name] ?? { name: "" };
    return arn.startsWith("arn:")
      ? kept("an existing secret or parameter, given by reference")
      : kept(`its value is taken from spectrum:secrets, and stored encrypted in ${secretStoreOf(context)}`);
  }),
  "secrets.*.file": secretValue,
  "secrets.*.name": ofTop("secrets", (name, use, { app }) =>
    app.secrets[name]?.kind === "external" && String(use.value).startsWith("arn:")
      ? kept("the existing secret or parameter")
      : leftOut("a secret is called by its key"),
  ),
  "services.*.configs": ofService(config.source),
  "services.*.configs[].gid": ofService(config.detail),
  "services.*.configs[].mode": ofService(config.detail),
  "services.*.configs[].target": ofService(config.detail),
  "services.*.configs[].uid": ofService(config.detail),
  "services.*.secrets": ofService(secret.source),
  "services.*.secrets[].gid": ofService(secret.detail),
  "services.*.secrets[].mode": ofService(secret.detail),
  "services.*.secrets[].target": ofService(secret.detail),
  "services.*.secrets[].uid": ofService(secret.detail),
  "services.*.tmpfs": ofService(tmpfs),
  "services.*.volumes": leftOut("it mounts nothing"),
  "services.*.volumes[].bind": leftOut("there is no folder of a machine to mount"),
  "services.*.volumes[].consistency": leftOut("Docker itself ignores it"),
  "services.*.volumes[].image": () => null,
  "services.*.volumes[].read_only": () => null,
  "services.*.volumes[].source": () => null,
  "services.*.volumes[].target": ofService(mount),
  "services.*.volumes[].tmpfs": leftOut(
    "it is on the task's own disk, whose size is the task's, open to every user of the container",
  ),
  "services.*.volumes[].type": () => null,
  "services.*.volumes[].volume": leftOut("a volume carries no labels"),
  "services.*.volumes[].volume.nocopy": leftOut("nothing of the image is ever copied into a volume"),
  "services.*.volumes[].volume.subpath": () => null,
  "services.*.volumes_from": ofService((service, _use, { task }) => {
    const outside = service.volumesFrom.filter(({ service: from }) => !task.services.some(({ name }) => name === from));
    if (outside.length === 0 && service.volumesFrom.length > 0) return kept("shared by the containers of the task");
    const names = outside.map(({ service: from }) => from).join(" and ");
    return refused(
      `${names === "" ? "a container of another project" : names} is not in the same task`,
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
});
