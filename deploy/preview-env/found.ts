/** The preview environments that the backend has, also those whose file is gone or that were left half made. */
import { version as sdkVersion } from "@pulumi/pulumi/version";
import { InputError } from "../../app/finding";
import type { StackState } from "../engine";
import { type CommandFailure, findCli, PulumiCli } from "../engine/cli";
import { errorText } from "../engine/failures";
import { readState } from "../engine/state";
import { TAGS } from "./config";
import { hasEnded } from "./ends";
import { isPreviewStack } from "./name";

export interface FoundPreview {
  readonly stack: string;
  /** As its resources' tags say it; `null` where nothing was made that has tags. */
  readonly branch: string | null;
  readonly from: string | null;
  /** The last day, `YYYY-MM-DD` in UTC. */
  readonly ends: string | null;
  /** How many resources are there, without the stack itself and providers. */
  readonly resources: number;
}

export interface Backend {
  readonly root: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** By their names. Throws `InputError` where the backend cannot be asked. */
export async function findPreviews({ root, env = {} }: Backend): Promise<readonly FoundPreview[]> {
  const cli = await PulumiCli.open(findCli(env.PATH ?? process.env.PATH).command, sdkVersion, env);
  const ask = async (...args: readonly string[]): Promise<string> => {
    try {
      return (await cli.run(args, root)).stdout;
    } catch (error) {
      const { stdout, stderr } = error as CommandFailure;
      throw new InputError([
        { message: `pulumi ${args.join(" ")}: ${errorText(`${stdout}\n${stderr}`)}`, location: null },
      ]);
    }
  };
  const all = JSON.parse(await ask("stack", "ls", "--json")) as readonly { readonly name: string }[];
  const found: FoundPreview[] = [];
  // a stack of an organisation in Pulumi Cloud is called by it as well
  for (const name of all
    .map((of) => of.name.split("/").at(-1) ?? "")
    .filter(isPreviewStack)
    .sort())
    found.push(whatIsKnown(name, readState(await ask("stack", "export", "--stack", name))));
  return found;
}

/** Pure. */
export function whatIsKnown(stack: string, { resources }: StackState): FoundPreview {
  const tagged = resources.map(({ inputs = {} }) => (inputs.tags ?? {}) as Readonly<Record<string, unknown>>);
  const tag = (name: string): string | null => {
    const values = tagged.map((tags) => tags[name]).filter((value) => typeof value === "string");
    // an `up` that failed in the middle has moved the end of some: the later one holds
    return values.sort().at(-1) ?? null;
  };
  return {
    stack,
    branch: tag(TAGS.branch),
    from: tag(TAGS.from),
    ends: tag(TAGS.ends),
    resources: resources.filter(({ type }) => !type.startsWith("pulumi:")).length,
  };
}

/** Those whose last day is over. What has no end known stays: it may just be being made. */
export const endedPreviews = (found: readonly FoundPreview[], today: string): readonly FoundPreview[] =>
  found.filter(({ ends }) => ends !== null && hasEnded(ends, today));
