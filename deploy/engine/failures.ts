/**
 * What the Pulumi CLI says when it cannot begin, as one problem with a remedy. Pure. The texts are those of the CLI's source
 * (https://github.com/pulumi/pulumi: pkg/backend, pkg/secrets/passphrase, sdk/go/common/workspace), of versions 3.200 to 3.270.
 */
import type { Problem } from "../../app/finding";
import { plain } from "./events";

export interface FailureContext {
  readonly environment: string;
  /** What was asked for: `up`, `stack export`. */
  readonly command: string;
}

/** What the user must put right; `null` for anything else, a failed deployment above all. */
export function problemOf(output: string, context: FailureContext): Problem | null {
  const text = plain(output);
  for (const [pattern, say] of KNOWN) {
    const match = pattern.exec(text);
    if (match) return { message: say(match, context, text), location: null };
  }
  return null;
}

/** The CLI's own words for a failure that is not known: its lines of errors, or its last line. */
export function errorText(output: string): string {
  const lines = plain(output)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const errors = lines.filter((line) => line.startsWith("error: ")).map((line) => line.slice("error: ".length));
  return errors.length > 0 ? errors.join("; ") : (lines.at(-1) ?? "it said nothing");
}

type Say = (match: RegExpExecArray, context: FailureContext, text: string) => string;

const KNOWN: readonly (readonly [RegExp, Say])[] = [
  [/the stack is currently locked by/u, lockedInBucket],
  [/\[409\] Conflict: Another update is currently in progress/u, lockedInCloud],
  [
    /no stack named '([^']*)' found/u,
    (_, { environment }) =>
      `the environment ${environment} has not been deployed: the backend has no stack ${environment}; \`spectrum up --env ${environment}\` makes it, and \`spectrum plan --env ${environment}\` shows what it would deploy`,
  ],
  [
    /passphrase must be set with PULUMI_CONFIG_PASSPHRASE/u,
    (_, { environment }) =>
      `the secrets of ${environment} are encrypted with a passphrase, and none is given; set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE to a file with it`,
  ],
  [
    /incorrect passphrase/u,
    (_, { environment }) =>
      `the passphrase is not the one that the secrets of ${environment} are encrypted with; set PULUMI_CONFIG_PASSPHRASE to that one`,
  ],
  [
    /PULUMI_ACCESS_TOKEN must be set for login/u,
    () =>
      "Pulumi is not logged in to a backend, which keeps the state; `pulumi login --local` keeps it on this machine (a first try), `pulumi login s3://BUCKET` in a bucket, and `pulumi login` in Pulumi Cloud (docs/deploy.md)",
  ],
  [/(?:no|install) (\w+) plugin 'pulumi-\w+-([\w-]+)'(?:[^\n]*?version v([\w.+-]+))?/u, missingPlugin],
  [
    /(?:error reading|unable to open|could not (?:access|list)|failed to (?:access|load))[^\n]*(?:bucket|s3blob|s3:)[^\n]*/iu,
    ([line]) =>
      `the backend that keeps the state cannot be reached: ${line}; check PULUMI_BACKEND_URL or \`pulumi whoami --verbose\`, and the credentials for it`,
  ],
];

/** Backends in a folder or a bucket: a file for each lock. */
function lockedInBucket(_: RegExpExecArray, { environment, command }: FailureContext, text: string): string {
  const holders = [...text.matchAll(/created by (\S+)@(\S+) \(pid (\d+)\) at ([\dT:+.Z-]+)/gu)].map(
    ([, user, host, pid, since]) => `${user} on ${host} (process ${pid}) since ${since}`,
  );
  return `${environment} is being changed by ${holders.join(" and ")}; wait until that has ended, and run \`spectrum ${command}\` again. Only where that process runs no more: \`pulumi cancel --stack ${environment}\` takes its lock away`;
}

/** Pulumi Cloud holds one update at a time, and says on its page whose. */
function lockedInCloud(_: RegExpExecArray, { environment, command }: FailureContext): string {
  return `${environment} is being changed by another update; \`pulumi stack --stack ${environment}\` says since when, and the stack's page in Pulumi Cloud by whom. Wait until it has ended, and run \`spectrum ${command}\` again. Only where it runs no more: \`pulumi cancel --stack ${environment}\``;
}

function missingPlugin([, kind = "resource", name = "", version]: RegExpExecArray): string {
  const install = ["pulumi plugin install", kind, name, ...(version === undefined ? [] : [`v${version}`])].join(" ");
  return `Pulumi's plugin ${name}${version === undefined ? "" : ` ${version}`} is not on this machine, and could not be downloaded; \`${install}\` installs it, where the network lets it`;
}
