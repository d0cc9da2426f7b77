/** What becomes of volumes and of the machine's own folders, where the machine is the user's. Pure. */
import { changed, kept, refused } from "../../../app/fit";
import type { App, Mount, Service } from "../../../app/model";
import { environmentPrefix, slug } from "../../names";
import type { MountRules } from "../ecs/ecs-tier";
import { type Decision, type FolderMount, isProjectPath } from "../ecs/mounts";
import { VOLUME_NAME } from "./limits";

/** A tmpfs is in memory, a named volume is Docker's on the machine, and so is an absolute path outside of the project. */
export const ownMounts: MountRules = { memory: true, decide: decideOwnMount };

function decideOwnMount(app: App, service: Service, mount: Mount): Decision | null {
  const { type, source } = mount;
  if (source === null) return null; // as on every ECS tier, and so is every other type
  if (type === "volume") return named(app, service, mount, source);
  if (type !== "bind") return null;
  if (source.startsWith("~")) return home;
  return isOfMachine(app, service, source) ? ofMachine(service, mount, source) : null;
}

const no = (reason: string, remedy: string): Decision => ({ verdict: refused(reason, remedy) });

const home = no("nobody is logged in on the machine, so ~ is nobody's folder", "write the path on the machine in full");

const at = (service: Service, mount: Mount, kind: FolderMount["kind"]): FolderMount => ({
  service: service.name,
  target: mount.target,
  readOnly: mount.readOnly,
  kind,
});

function named(app: App, service: Service, mount: Mount, source: string): Decision {
  if (mount.subpath !== null)
    return no("a folder inside a volume cannot be mounted", "make the folder a volume of its own");
  const folders = [at(service, mount, { docker: source })];
  if (app.volumes[source]?.external === true)
    return { verdict: kept("the volume of that name, which must be on the machine already"), folders };
  return {
    verdict: changed(
      "a Docker volume on the machine that the task runs on: it stays there when the task goes, and follows no change of tier",
      "back it up on the machine yourself; copy its files before you change the tier",
    ),
    folders,
  };
}

/** A path that is not the project's is the machine's: `/var/run/docker.sock`, `/etc/localtime`, `/srv/data`. */
function isOfMachine(app: App, service: Service, source: string): boolean {
  if (!source.startsWith("/") || isProjectPath(app.directory, source)) return false;
  return !service.build || !`${source}/`.startsWith(`${service.build.context.replace(/\/$/u, "")}/`);
}

function ofMachine(service: Service, mount: Mount, source: string): Decision {
  return {
    verdict: kept(`${source} of the machine that the task runs on`),
    folders: [at(service, mount, { host: source })],
  };
}

/** The volume's name on the machine, which apps and environments share: the file's, where it gives one. */
export function dockerVolumeName(app: App, environment: string, volume: string): string {
  const said = app.volumes[volume];
  if (said && (said.external || saysName(app, volume)) && VOLUME_NAME.test(said.name)) return said.name;
  return slug(`${environmentPrefix(environment)}-${app.name}-${volume}`, 120);
}

/** The canonical form names every volume, after the project where the file does not. */
function saysName(app: App, volume: string): boolean {
  return app.uses.some(({ key }) => key === `volumes.${volume}.name`);
}

/** True where a service writes or reads a volume that each machine has of its own. */
export function namedVolumes(app: App, services: readonly Service[]): readonly string[] {
  const names = services.flatMap(({ mounts }) =>
    mounts.flatMap(({ type, source }) => (type === "volume" && source !== null ? [source] : [])),
  );
  return [...new Set(names)].filter((name) => app.volumes[name]?.driverOptions.type !== "tmpfs").sort();
}
