/** What becomes of a mount on an instance of Beanstalk's. Pure. */
import { changed, kept, refused, type Verdict } from "../../../app/fit";
import type { App, Mount, Service } from "../../../app/model";
import { bindMount, isOnDisk } from "../compose";

/** The word about `volumes[index]`. */
export function mountVerdict(app: App, service: Service, index: number): Verdict {
  const mount = service.mounts.find((m) => m.index === index);
  if (!mount) return changed("left out: it mounts nothing", "leave the key out");
  const rules: Readonly<Record<Mount["type"], () => Verdict>> = {
    volume: () => named(app, mount),
    bind: () => bind(app, service, mount),
    tmpfs: () => kept("in the instance's memory, as docker compose has it"),
    image: () =>
      refused("Beanstalk's Docker mounts no other image's files", "copy them with COPY --from in the Dockerfile"),
    npipe: () => refused("named pipes are of Windows, and only Linux is hosted", "leave the mount out"),
    cluster: () => refused("there is no Swarm with its volumes", "use a volume of the file"),
  };
  return rules[mount.type]();
}

function named(app: App, { source }: Mount): Verdict {
  if (source === null) return kept("a volume without a name, new with each container, as docker compose has it");
  return isOnDisk(app, source)
    ? kept(`${source} is on EFS, and mounted on each instance over TLS`)
    : kept(`${source} is a volume of Docker's own on each instance, which goes with it`);
}

function bind(app: App, service: Service, mount: Mount): Verdict {
  const found = bindMount(app, service, mount);
  switch (found.kind) {
    case "carried":
      return changed(
        `left out: ${mount.target} comes from the image, which is built from this folder`,
        "COPY it in the Dockerfile if it does not do so yet",
      );
    case "machine":
      return kept("the instance's own path; what is written there goes with the instance");
    case "file":
      return found.file.content === null ? tooLarge : bundled(mount);
    case "folder":
      return Object.values(found.files).some(({ content }) => content === null) ? tooLarge : bundled(mount);
    case "empty":
      return refused(
        "there is nothing in it here, and what is written to it goes with the instance",
        "name a volume instead, which is on EFS; or accept the loss",
      );
  }
}

const tooLarge = refused("its files are too large to be sent along", "COPY them into the image");

const bundled = ({ readOnly }: Mount): Verdict =>
  kept(`a copy in the bundle${readOnly ? "" : "; what is written to it goes with the next deployment"}`);
