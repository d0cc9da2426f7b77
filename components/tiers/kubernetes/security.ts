/** What a container may do, in Kubernetes' words. Pure. */
import type { Service } from "../../../app/model";

/** Sysctls that a pod may set by itself. https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/ */
const SAFE_SYSCTLS: readonly string[] = [
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_syncookies",
];

export const isSafeSysctl = (name: string): boolean => SAFE_SYSCTLS.includes(name);

/** `user:` in numbers; `null` where it names somebody of the image, whom Kubernetes does not know. */
export function userOf(service: Service): { readonly uid: number; readonly gid: number | null } | null {
  const match = /^(\d+)(?::(\d+))?$/u.exec(service.user ?? "");
  return match ? { uid: Number(match[1]), gid: match[2] === undefined ? null : Number(match[2]) } : null;
}

export const plainCapability = (name: string) => name.toUpperCase().replace(/^CAP_/u, "");

/** True where `security_opt` says that no process may gain rights. */
export function forbidsNewPrivileges(service: Service): boolean {
  return securityOptions(service).some((option) => /^no-new-privileges(?:[:=]true)?$/u.test(option));
}

export function securityOptions({ canonical }: Service): readonly string[] {
  const { security_opt: options } = canonical;
  return Array.isArray(options) ? options.map(String) : [];
}

/** `securityContext` of a container; without a word what Docker gives. */
export function containerSecurity(service: Service) {
  const user = userOf(service);
  const add = service.capAdd.map(plainCapability).sort();
  const drop = service.capDrop.map(plainCapability).sort();
  return {
    ...(user && { runAsUser: user.uid, ...(user.gid !== null && { runAsGroup: user.gid }) }),
    ...(service.readOnly && { readOnlyRootFilesystem: true }),
    ...(service.privileged
      ? { privileged: true }
      : forbidsNewPrivileges(service) && { allowPrivilegeEscalation: false }),
    ...((add.length > 0 || drop.length > 0) && {
      capabilities: { ...(add.length > 0 && { add }), ...(drop.length > 0 && { drop }) },
    }),
  };
}

/** `securityContext` of a pod: Docker's own filter of system calls, and what all containers share. */
export function podSecurity(services: readonly Service[]) {
  const [main] = services;
  const sysctls = Object.entries(main?.sysctls ?? {})
    .filter(([name]) => isSafeSysctl(name))
    .map(([name, value]) => ({ name, value }));
  const groups = [...new Set(services.flatMap(({ groupAdd }) => groupAdd))].filter((g) => /^\d+$/u.test(g)).map(Number);
  return {
    seccompProfile: { type: "RuntimeDefault" },
    ...(sysctls.length > 0 && { sysctls }),
    ...(groups.length > 0 && { supplementalGroups: groups }),
  };
}
