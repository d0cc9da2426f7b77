/** What an environment takes from the outputs of the one that owns its repositories, for a plan that asks nobody. Pure. */
import type { ReadEnvironment } from "./apps";

/** Each service that is built here has a repository there. `leaf` makes what stands for a value. */
export function ownersOutputs(
  { apps }: Pick<ReadEnvironment, "apps">,
  leaf: (path: string) => string,
): { readonly repositories: Readonly<Record<string, unknown>> } {
  const repository = (path: string) => ({
    url: leaf(`${path}.url`),
    arn: leaf(`${path}.arn`),
    name: leaf(`${path}.name`),
  });
  const repositories = apps.map(({ app }) => {
    const built = Object.values(app.services).filter(({ build }) => build !== null);
    const entries = built.map(({ name }) => [name, repository(`repositories.${app.name}.${name}`)] as const);
    return [app.name, Object.fromEntries(entries)] as const;
  });
  return { repositories: Object.fromEntries(repositories) };
}
