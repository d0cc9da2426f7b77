/** A wait that stands in the plan: a resource whose making takes a given time. */
import * as pulumi from "@pulumi/pulumi";

export interface WaitArgs {
  readonly seconds: number;
  /** What the wait is for; stands in the plan. */
  readonly reason: string;
  /** What has just been made: the wait starts over when it is another. */
  readonly after: pulumi.Input<string>;
}

/**
 * The provider of the wait, as Pulumi's dynamic providers run one: a module whose `handler` gives the operations. A change
 * of `after` replaces the wait, so that it is waited again; a change of `seconds` or `reason` alone waits for nothing.
 *
 * Pulumi keeps this text in the state of every dynamic resource ever made and reads it back with later versions, so its
 * form is as stable as a state file. Change it only with need: each change shows as an update of every wait.
 */
export const waitProvider = [
  `exports.handler = () => ({`,
  `  create: async (wait) => {`,
  `    await new Promise((done) => setTimeout(done, wait.seconds * 1000));`,
  `    return { id: "waited", outs: wait };`,
  `  },`,
  `  diff: async (id, old, wait) => ({`,
  `    changes: old.after !== wait.after || old.seconds !== wait.seconds || old.reason !== wait.reason,`,
  `    replaces: old.after !== wait.after ? ["after"] : [],`,
  `  }),`,
  `  update: async (id, old, wait) => ({ outs: wait }),`,
  `});`,
].join("\n");

/**
 * Waits for `seconds` when it is made, and whenever `after` changes. Free; nothing is made on AWS.
 *
 * A dynamic resource, for its plugin comes with the Pulumi CLI: nothing is fetched, and it works wherever Pulumi does. Not by
 * `pulumi.dynamic.Resource`, which would load the TypeScript compiler in each plan to write out a function, and whose text
 * would differ with the program's loader, so that a plan and a preview would not agree.
 */
export class Wait extends pulumi.CustomResource {
  declare readonly after: pulumi.Output<string>;

  constructor(name: string, args: WaitArgs, opts?: pulumi.CustomResourceOptions) {
    super("pulumi-nodejs:dynamic/spectrum:Wait", name, { ...args, __provider: waitProvider }, opts);
  }
}
