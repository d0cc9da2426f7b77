/** Whose the repositories of built images are. Pure. */
import type { EnvironmentConfig } from "./config/types";

/** True where the environment has repositories of its own: unless it says that they are another's. */
export function ownsRepositories({ name, platform }: Pick<EnvironmentConfig, "name" | "platform">): boolean {
  const { environment } = platform.registry;
  return environment === null || environment === name;
}
