/** Linux capabilities as the ECS tiers have them. Pure. */
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

const plain = (name: string) => name.toUpperCase().replace(/^CAP_/u, "");

/** The rights under `cap_add` that no container here can have. `addable`: what the tier can add to Docker's default set. */
export function missingCapabilities(service: Service, addable: readonly string[]): readonly string[] {
  return service.capAdd.map(plain).filter((name) => !addable.includes(name) && !DEFAULTS.includes(name));
}

/** True where one of the rights under `cap_add` is added by name. */
export function addsCapabilities(service: Service, addable: readonly string[]): boolean {
  return service.capAdd.map(plain).some((name) => addable.includes(name));
}

/** True where `cap_drop: [ALL]` keeps some of the default rights: then the others are dropped one by one. */
export function dropsAllBut(service: Service, addable: readonly string[]): boolean {
  const onlyByDefault = (name: string) => DEFAULTS.includes(name) && !addable.includes(name);
  return service.capDrop.map(plain).includes("ALL") && service.capAdd.map(plain).some(onlyByDefault);
}

/** `capabilities` of a container's Linux parameters; nothing where the default stands. */
export function ecsCapabilities(
  service: Service,
  addable: readonly string[],
): {
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
} {
  const added = service.capAdd.map(plain);
  const dropped = service.capDrop.map(plain);
  const add = added.filter((name) => addable.includes(name));
  const drop = dropsAllBut(service, addable)
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
