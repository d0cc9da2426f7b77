/** Annotations of a pod: Compose's labels and annotations. Pure. */
import type { Pod } from "./pods";

/** True for what Kubernetes takes as the key of an annotation. */
export const isAnnotation = (key: string): boolean =>
  /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/u.test(key);

/** Sorted by key; the main service's win. */
export function podAnnotations(pod: Pod): Record<string, string> {
  const all = [...pod.services].reverse().flatMap(({ labels, canonical }) => {
    const { annotations } = canonical;
    const own = typeof annotations === "object" && annotations !== null ? Object.entries(annotations) : [];
    return [...Object.entries(labels), ...own.map(([key, value]) => [key, String(value)] as const)];
  });
  return Object.fromEntries(all.filter(([key]) => isAnnotation(key)).sort(([a], [b]) => (a < b ? -1 : 1)));
}
