/**
 * Values of `environment` that look like secrets and stand there in plain text: told in the finding of their key, on every
 * tier alike, and never repeated. Pure.
 */
import type { Placement } from "./config/types";
import type { Finding } from "./finding";
import { finding, kept } from "./fit";
import type { App } from "./model";
import { plainText } from "./value";

/** What a value looks like. */
export type Likeness = "secret" | "password in a text";

/** The last word of a name that says secret: `DB_PASSWORD`, `dbPassword`, `PGPASSWORD`, `SMTP_PASS`, `API_KEY`. */
const SECRET_NAME =
  /(?:password|passwd|passphrase|secret|token|secret_key_base)$|(?:^|[_.-])(?:pass|pwd|key|apikey)$/iu;
/** Keys that are no secrets: the public half, or one that finds a thing. */
const PLAIN_NAME =
  /(?:^|[_.-])(?:public|publishable|pub)(?:[_.-]|$)|(?:^|[_.-])(?:primary|foreign|sort|partition|cache|routing|object|group|host|idempotency)[_.-]key$/iu;
/** Yes and no, numbers with their units, paths, addresses, references and holes are no secrets whatever their name. */
const PLAIN_VALUE =
  /^(?:|true|false|yes|no|on|off|none|null|required|optional|disabled|enabled|[\d.,_:]+[a-z%]{0,3}|(?:~|\.{1,2})?\/[^\s]*|[a-z][\w+.-]*:\/\/\S*|arn:aws[\w-]*:\S+|\$\S*|<[^>]*>|\{\{.*\}\})$/iu;
/** Tokens whose issuer made them to be known by their shape. */
const TOKEN =
  /(?<![A-Za-z0-9])(?:(?:AKIA|ASIA)[A-Z0-9]{16}|gh[opsur]_[A-Za-z0-9]{36}|github_pat_\w{22,}|glpat-[\w-]{20}|xox[abprs]-[\w-]{10,}|[rs]k_live_[A-Za-z0-9]{16,}|sk-[\w-]{20,}|AIza[\w-]{35}|npm_[A-Za-z0-9]{36}|SG\.[\w-]{16,}\.[\w-]{16,}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,})(?![A-Za-z0-9])|-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*/gu;
/** The password of `scheme://user:password@host`, `user:password@tcp(host)`, `Server=db;Password=…`, `host=db password=…`. */
const PASSWORD_IN_TEXT =
  /(?<=:\/\/[^\s:@/]*:)[^\s@/$<{%][^\s@/]*(?=@)|(?<=^[^\s:@/]+:)[^\s@/$<{%][^\s@/]*(?=@\w*\()|(?<=(?:^|[;\s])(?:password|pwd)\s*=\s*)[^;\s$<{%][^;\s]*/giu;

/** `null`: nothing of it looks like a secret. */
export function looksSecret(name: string, value: string): Likeness | null {
  // `search` has no memory, as `test` has with the flag g
  if (value.search(TOKEN) !== -1) return "secret";
  if (value.search(PASSWORD_IN_TEXT) !== -1) return "password in a text";
  return SECRET_NAME.test(name) && !PLAIN_NAME.test(name) && !PLAIN_VALUE.test(value) ? "secret" : null;
}

/** The text without what looks like a secret in it, for findings that show a value. */
export const hideSecrets = (text: string): string => text.replaceAll(TOKEN, "…").replaceAll(PASSWORD_IN_TEXT, "…");

/** The findings with a word about each such value: in the finding of its key, or in one of its own where it has none. */
export function tellVisibleSecrets(
  { app, placement }: { readonly app: App; readonly placement: Placement },
  findings: readonly Finding[],
): readonly Finding[] {
  return visible(app).reduce((before, { service, variable, likeness }) => {
    const key = `environment.${variable}`;
    const at = before.findIndex((f) => f.service === service && f.key === key);
    const own = before[at];
    if (own?.outcome === "refused") return before;
    const base = own ?? finding({ app, placement }, service, key, kept("passed on"));
    const told = withWord(base, wordOf(app.name, variable, likeness));
    return own ? before.with(at, told) : [...before, told];
  }, findings);
}

function visible(app: App) {
  return Object.values(app.services).flatMap(({ name: service, environment }) =>
    Object.entries(environment).flatMap(([variable, value]) => {
      const text = value === null ? null : plainText(value);
      const likeness = text === null ? null : looksSecret(variable, text);
      return likeness === null ? [] : [{ service, variable, likeness }];
    }),
  );
}

export interface Word {
  readonly reason: string;
  readonly remedy: string;
}

/** Why a value that looks like a secret should not stand where it does, and what to do about it. */
export function wordOf(app: string, variable: string, likeness: Likeness): Word {
  const set = (name: string) => `pulumi config set --secret --path 'spectrum:secrets.${app}.${name}'`;
  if (likeness === "secret")
    return {
      reason: "its value looks like a secret, and anybody reads it in the plan, the state and AWS's consoles",
      remedy: `keep it as one: ${set(variable)}, and \${${variable}} in the file`,
    };
  const name = `${variable.replace(/\W/gu, "_")}_PASSWORD`;
  return {
    reason: "a password stands in its value, and anybody reads it in the plan, the state and AWS's consoles",
    remedy: `keep it as a secret: ${set(name)}, and \${${name}} in its place`,
  };
}

function withWord(own: Finding, word: Word): Finding {
  const others = own.remedy === "" || own.remedy.startsWith("nothing to do") ? "" : `; ${own.remedy}`;
  return { ...own, reason: `${own.reason}; ${word.reason}`, remedy: `${word.remedy}${others}` };
}
