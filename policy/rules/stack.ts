/** The resources of an environment, for rules that look at one among the others. Pure. */
import type { PolicyEnvironment, PolicyResource } from "./rule";

export class PolicyStack implements PolicyEnvironment {
  readonly protected: boolean;
  private readonly byType = new Map<string, PolicyResource[]>();

  constructor(resources: readonly PolicyResource[], environment: PolicyEnvironment) {
    this.protected = environment.protected;
    for (const resource of resources) {
      const same = this.byType.get(resource.type);
      if (same) same.push(resource);
      else this.byType.set(resource.type, [resource]);
    }
  }

  ofType(type: string): readonly PolicyResource[] {
    return this.byType.get(type) ?? [];
  }

  /**
   * The resources of the type whose input takes something of the resource, or says its physical name.
   *
   * @param nameInput the input of `to` that is its physical name, where it may be given as plain text
   */
  referring(type: string, input: string, to: PolicyResource, nameInput?: string): readonly PolicyResource[] {
    const name = nameInput === undefined ? undefined : to.inputs[nameInput];
    return this.ofType(type).filter(
      ({ inputs, references }) =>
        references(input).includes(to.urn) || (typeof name === "string" && inputs[input] === name),
    );
  }
}
