/** What becomes of a mount where there are no volumes. Pure. */
import { sep } from "node:path";
import { changed, refused, type Verdict } from "../../../app/fit";
import type { Mount, Service } from "../../../app/model";

const FARGATE = "place the app on fargate";

/** The word about `volumes[index]`. */
export function mountVerdict(service: Service, index: number): Verdict {
  const mount = service.mounts.find((m) => m.index === index);
  if (!mount) return changed("left out: it mounts nothing", "leave the key out");
  const rules: Readonly<Record<Mount["type"], () => Verdict>> = {
    volume: () => (mount.source === null ? anonymous : named(mount.source)),
    bind: () => bind(service, mount),
    tmpfs: () => changed("left out: the container's own disk is writable there, and is not memory", "nothing to do"),
    image: () => refused("another image's files cannot be mounted", "copy them with COPY --from in the Dockerfile"),
    npipe: () => refused("named pipes are of Windows, and only Linux is hosted", "leave the mount out"),
    cluster: () => refused("there is no Swarm with its volumes", `leave the mount out, or ${FARGATE}`),
  };
  return rules[mount.type]();
}

const anonymous = changed(
  "left out: the container's own disk is there instead, which each deployment empties as well",
  "nothing to do",
);

const named = (volume: string) =>
  refused(
    `there are no volumes: what is written to ${volume} is lost with each deployment, and each node has its own`,
    `use a database or bucket outside of the app, ${FARGATE}, or accept the loss`,
  );

function bind(service: Service, mount: Mount): Verdict {
  const source = mount.source ?? "";
  if (service.build && within(service.build.context, source)) {
    return changed(
      `left out: ${mount.target} comes from the image, which is built from this folder`,
      "COPY it in the Dockerfile if it does not do so yet",
    );
  }
  if (source.endsWith(".sock")) {
    return refused("there is no Docker and no socket of the machine to share", "do without it");
  }
  return refused(
    "the machine that docker compose runs on is not here, and its files are not either",
    `COPY them into the image, or ${FARGATE} where it is a small read-only file`,
  );
}

function within(folder: string, file: string): boolean {
  return file === folder || file.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
