/** Linux capabilities as Fargate has them. Pure. */
import type { Service } from "../../../app/model";

/** What a container may do without a word: Docker's default set. https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities */
const DEFAULTS: readonly string[] = [
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

/** The only one that can be added. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html */
const ADDABLE = "SYS_PTRACE";

const plain = (name: string) => name.toUpperCase().replace(/^CAP_/u, "");

/** The rights under `cap_add` that no container here can have. */
export function missingCapabilities(service: Service): readonly string[] {
  return service.capAdd.map(plain).filter((name) => name !== ADDABLE && !DEFAULTS.includes(name));
}

/** True where `cap_drop: [ALL]` keeps some of the default rights: then the others are dropped one by one. */
export function dropsAllBut(service: Service): boolean {
  return (
    service.capDrop.map(plain).includes("ALL") && service.capAdd.map(plain).some((name) => DEFAULTS.includes(name))
  );
}

/** `capabilities` of a container's Linux parameters; nothing where the default stands. */
export function ecsCapabilities(service: Service): {
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
} {
  const added = service.capAdd.map(plain);
  const dropped = service.capDrop.map(plain);
  const add = added.filter((name) => name === ADDABLE);
  const drop = dropsAllBut(service)
    ? DEFAULTS.filter((name) => !added.includes(name))
    : dropped.filter((name) => !added.includes(name));
  if (add.length === 0 && drop.length === 0) return {};
  return {
    capabilities: {
      ...(add.length > 0 && { add }),
      ...(drop.length > 0 && { drop: [...new Set(drop)].sort() }),
    },
  };
}
