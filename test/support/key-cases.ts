/** Pairs of Compose files that differ in one key, for tests of a tier's key table. */
import type { Input } from "./on-tier";

export interface KeyCase {
  readonly key: string;
  /** What the second file must come to: see keys.test.ts. */
  readonly want: "kept" | "left out" | "refused" | { readonly changed: string };
  readonly a: string;
  readonly b: string;
  readonly input?: Omit<Input, "compose">;
}

export const indent = (text: string, by: number) =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => " ".repeat(by) + line)
    .join("\n");

/** A file with a service `web`, which says so much more; `rest` stands at the top of the file. */
export const web = (lines: string, rest = "") => {
  const expose = lines.includes("expose:") ? "" : 'expose: ["80"]\n';
  return bare(`image: nginx:1.29\n${expose}${lines}`, rest);
};
/** Likewise without any other key. */
export const bare = (lines: string, rest = "") => `services:\n  web:\n${indent(lines, 4)}\n${rest}\n`;

export type Want = KeyCase["want"];
export const row = (key: string, want: Want, a: string, b: string, input?: KeyCase["input"]): KeyCase => ({
  key,
  want,
  a,
  b,
  ...(input && { input }),
});
/** A key of the service `web`, with the lines of both files. */
export const own = (key: string, want: Want, a: string, b: string, rest = "", input?: KeyCase["input"]) =>
  row(`services.*.${key}`, want, web(a, rest), web(b, rest), input);

export const api = (lines = "") => indent(`api:\n  image: httpd:2.4\n  expose: ["8080"]\n${indent(lines, 2)}`, 2);
export const withApi = (key: string, want: Want, a: string, b: string, lines = "") => own(key, want, a, b, api(lines));
export const config = (lines: string) => `configs:\n  conf:\n${indent(lines, 4)}`;
export const useConfig = "configs: [{ source: conf, target: /etc/app/app.conf }]";
export const secret = (lines: string) => `secrets:\n  key:\n${indent(lines, 4)}`;
export const useSecret = "secrets: [key]";
export const KEY = { secrets: ["KEY", "OTHER"] };
export const volume = (lines: string) => `volumes:\n  data:\n${indent(lines, 4)}`;
export const useVolume = "volumes: [data:/data]";
export const check = "healthcheck:\n  test: [CMD, check]\n";
export const built = (line: string) => `build:\n  context: backend\n${indent(line, 2)}`;
export const rolled = "deploy:\n  replicas: 4\n  update_config:\n    order: stop-first\n";
export const arn = (name: string) => `arn:aws:ssm:us-east-1:123456789012:parameter/${name}`;
