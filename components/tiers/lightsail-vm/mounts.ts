/** The word about a bind mount on a machine of the app's own. Pure. */
import { posix } from "node:path";
import { changed, kept, refused, type Verdict } from "../../../app/fit";
import type { App, Mount, Service } from "../../../app/model";
import { bindMount } from "../compose";
import { MAX_FILE_BYTES } from "./limits";

export function bindVerdict(app: App, service: Service, mount: Mount): Verdict {
  const bind = bindMount(app, service, mount);
  const missing = "create it beside the Compose file where files of yours belong there";
  switch (bind.kind) {
    case "carried":
      return changed(
        `left out: ${mount.target} comes from the image, which is built from this folder`,
        "COPY it in the Dockerfile if it does not do so yet",
      );
    case "machine":
      return bind.path.startsWith("/")
        ? kept("the machine's own path")
        : changed("a path on the machine, which has none of your files", "put it beside the Compose file");
    case "file":
      if (bind.file.content === null || bind.file.size > MAX_FILE_BYTES) return tooLarge(bind.file.size);
      return mount.readOnly
        ? kept("a copy of it, written on the machine")
        : changed(
            "a copy of it on the machine; what the container writes to it is lost with a deployment",
            "end the mount with :ro",
          );
    case "folder": {
      const bytes = Object.values(bind.files).reduce((sum, { size }) => sum + size, 0);
      const whole = Object.values(bind.files).every(({ content }) => content !== null);
      if (!whole || bytes > MAX_FILE_BYTES) return tooLarge(bytes);
      return mount.readOnly
        ? kept("a copy of its files, written on the machine")
        : changed(
            "a copy of its files on the machine; what the container writes goes with the machine",
            "use a named volume for data",
          );
    }
    case "empty":
      return posix.extname(mount.target) === ""
        ? kept(`nothing is there, so an empty folder of the data disk, as Docker makes one; ${missing}`)
        : changed("nothing is there, so an empty folder in its place, as Docker makes one", missing);
  }
}

const tooLarge = (bytes: number): Verdict =>
  refused(
    `it has ${Math.ceil(bytes / 1024)} KiB, and ${MAX_FILE_BYTES / 1024} KiB can be brought to the machine at most`,
    "COPY it into the image",
  );
