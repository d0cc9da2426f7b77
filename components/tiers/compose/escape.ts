/** Texts of an app as the machine's Compose reads them. Pure. */
import { hasMark, parseValue } from "../../../app/value";
import { shortHash } from "../../names";
import { holeMark } from "./parts";

/** Secrets become variables, outputs holes; every other dollar sign is doubled, for Compose reads the file once more. */
export function escape(value: unknown, variables: Map<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => escape(item, variables));
  if (typeof value === "string") return escapeText(value, variables);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, escape(inner, variables)]));
}

function escapeText(text: string, variables: Map<string, string>): string {
  if (!hasMark(text)) return text.replaceAll("$", "$$$$");
  return parseValue(text)
    .map((part) => {
      if (typeof part === "string") return part.replaceAll("$", "$$$$");
      if ("host" in part) return part.host;
      if ("output" in part) return holeMark({ output: part.output });
      const name = variableOf(part.secret);
      variables.set(name, part.secret);
      return `\${${name}}`;
    })
    .join("");
}

/** `SECRET_DB_PASSWORD`: the prefix keeps clear of variables that Docker or the shell reads. */
export function variableOf(secret: string): string {
  const plain = secret.replace(/[^A-Za-z0-9_]/gu, "_");
  return `SECRET_${plain === secret ? plain : `${plain}_${shortHash(secret, 6)}`}`;
}
