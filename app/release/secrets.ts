/** What looks like a secret in the files that a release would hold. Pure. */
import type { Problem } from "../finding";
import { hideSecrets, looksSecret, wordOf } from "../visible-secrets";
import type { Packed } from "./pack";

/**
 * A release is for everybody to read who reads the project, while files of variables and mounted files often are on one
 * machine alone: what looks like a secret in them is a problem, at its line. The Compose files are not looked at: what they
 * say in plain text is told as a finding wherever they run.
 */
export function secretProblems({ content, paths, variableFiles }: Packed): readonly Problem[] {
  const at = (file: string, line: number) => ({ file: paths[file] ?? file, line, column: 1 });
  const ofVariables = variableFiles.flatMap((file) =>
    linesOf(content.sources[file]).flatMap(([text, line]): Problem[] => {
      const [, name = "", value = ""] = /^\s*(?:export\s+)?([\w.-]+)\s*[=:]\s*(.*?)\s*$/u.exec(text) ?? [];
      const likeness = looksSecret(name, value.replace(/^(['"])(.*)\1$/u, "$2"));
      if (likeness === null) return [];
      const { remedy } = wordOf(content.app, name, likeness);
      return [
        { location: at(file, line), message: `${name} looks like a secret, which no release may hold; ${remedy}` },
      ];
    }),
  );
  const ofFiles = Object.entries(content.files).flatMap(([file, one]) =>
    linesOf("text" in one ? one.text : undefined).flatMap(([text, line]): Problem[] =>
      hideSecrets(text) === text
        ? []
        : [
            {
              location: at(file, line),
              message:
                "the line looks like it holds a secret, which no release may hold; give the file to its services under secrets, " +
                `and its content by pulumi config set --secret --path 'spectrum:secrets.${content.app}.NAME'`,
            },
          ],
    ),
  );
  return [...ofVariables, ...ofFiles];
}

const linesOf = (text = ""): readonly (readonly [string, number])[] => text.split("\n").map((line, i) => [line, i + 1]);
