/** The stack file of a preview environment, from that of the environment that it is like. Pure. */
import { parse, stringify } from "yaml";
import { type Problem, InputError } from "../../app/finding";

/** What every resource of a preview environment is tagged with, and so what is known of one whose file is gone. */
export const TAGS = { branch: "PreviewBranch", from: "PreviewFrom", ends: "PreviewEnds" } as const;

export interface PreviewChoice {
  readonly branch: string;
  /** The environment that it is like. */
  readonly from: string;
  /** `previewStack` of the branch. */
  readonly stack: string;
  /** The last day, `YYYY-MM-DD` in UTC. */
  readonly ends: string;
}

export interface PreviewFile {
  readonly text: string;
  /** What is otherwise than in the environment that it is like, and may surprise. */
  readonly notices: readonly string[];
}

type Values = Readonly<Record<string, unknown>>;

const SECRETS = "spectrum:secrets";
/** How a stack's secrets are encrypted with a key that its file names: another file may name the same. */
const KEYS = ["secretsprovider", "encryptedkey", "encryptionsalt"] as const;

/**
 * Data goes with the environment (`data: delete`), host names get its name before them, and what the other owns is not made twice.
 *
 * @param base the other's stack file
 * @param own the file of before, where there is one: secrets that only its stack can decrypt stay
 * Throws `InputError` for a protected environment, and where the secrets cannot be taken over.
 */
export function previewFile(base: string, own: string | null, choice: PreviewChoice): PreviewFile {
  const file = mapOf(parse(base));
  const config = mapOf(file.config);
  const keyed = KEYS.some((key) => key in file) ? file : mapOf(own === null ? null : parse(own));
  const secrets = mapOf(keyed.config)[SECRETS];
  const problems = refusals(config, choice);
  if (SECRETS in config && secrets === undefined) problems.push(secretsElsewhere(choice));
  if (problems.length > 0) throw new InputError(problems);
  return written(config, keyed, secrets, choice);
}

/**
 * The same for a destroy, which asks for no secret and is never refused: what is deployed says what is destroyed.
 *
 * @param base the other's stack file
 */
export function destroyFile(base: string, choice: PreviewChoice): PreviewFile {
  const file = mapOf(parse(base));
  const { [SECRETS]: _, ...config } = mapOf(file.config);
  return written(config, file, undefined, choice);
}

function written(config: Values, keyed: Values, secrets: unknown, choice: PreviewChoice): PreviewFile {
  const names = hostNames(config, choice.stack);
  const content = {
    ...Object.fromEntries(KEYS.filter((key) => key in keyed).map((key) => [key, keyed[key]])),
    config: {
      ...config,
      ...(secrets !== undefined && { [SECRETS]: secrets }),
      "spectrum:tags": { ...mapOf(config["spectrum:tags"]), environment: choice.stack, ...tagsOf(choice) },
      ...names.platform,
      "spectrum:apps": names.apps,
    },
  };
  return { text: `${HEAD}${stringify(content, { lineWidth: 0 })}`, notices: names.notices };
}

const HEAD = `# Made by \`spectrum preview-env up\`, and made anew by each: changes here are lost. Not for git.\n`;

const tagsOf = ({ branch, from, ends }: PreviewChoice): Record<string, string> => ({
  // the characters that AWS takes in a tag
  [TAGS.branch]: branch.replace(/[^A-Za-z0-9 +\-=._:/@]/gu, "_").slice(0, 256),
  [TAGS.from]: from,
  [TAGS.ends]: ends,
});

function refusals(config: Values, { from }: PreviewChoice): Problem[] {
  const said = config["spectrum:protected"];
  if (said !== true && said !== "true") return [];
  const message = `${from} is protected: what is made from it could not be destroyed; take another environment (--from dev)`;
  return [{ key: "spectrum:protected", message, location: null }];
}

function secretsElsewhere({ from, stack }: PreviewChoice): Problem {
  const message = `the secrets of ${from} are encrypted with a key that only its own stack has (Pulumi Cloud's); once, \`pulumi stack init --no-select ${stack} && pulumi config cp --stack ${from} --dest ${stack}\` takes them over, and then this again`;
  return { key: SECRETS, message, location: null };
}

interface HostNames {
  readonly apps: Values;
  readonly platform: Values;
  readonly notices: readonly string[];
}

/** A zone that the other environment makes cannot be made again, nor can its certificate stand for longer names. */
function hostNames(config: Values, stack: string): HostNames {
  const platform = mapOf(config["spectrum:platform"]);
  const { createHostedZone, certificateArn, ...rest } = platform;
  const zone = ("hostedZoneId" in rest || "hostedZoneName" in rest) && createHostedZone !== true;
  const notices: string[] = [];
  const apps = Object.fromEntries(
    Object.entries(mapOf(config["spectrum:apps"])).map(([name, given]) => {
      const { domain, hosts, ...app } = mapOf(given);
      const named = domain !== undefined || hosts !== undefined;
      if (named && !zone)
        notices.push(
          `${name} is reached by its address alone, without a host name: a name needs a zone of Route 53 that is there already (spectrum:platform.hostedZoneId)`,
        );
      return [name, { ...app, data: "delete", ...(zone && renamed(domain, hosts, stack)) }];
    }),
  );
  const kept = zone ? rest : Object.fromEntries(Object.entries(rest).filter(([key]) => !key.startsWith("hostedZone")));
  // one that is given with no zone stands for fixed names
  const own =
    zone || createHostedZone === true ? kept : { ...kept, ...(certificateArn !== undefined && { certificateArn }) };
  return { apps, platform: "spectrum:platform" in config ? { "spectrum:platform": own } : {}, notices };
}

const under = (stack: string, host: unknown): unknown => (typeof host === "string" ? `${stack}.${host}` : host);

const renamed = (domain: unknown, hosts: unknown, stack: string): Values => ({
  ...(domain !== undefined && { domain: under(stack, domain) }),
  ...(Array.isArray(hosts) && {
    hosts: hosts.map((host) => ({ ...mapOf(host), host: under(stack, mapOf(host).host) })),
  }),
});

const mapOf = (value: unknown): Values =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Values) : {};
