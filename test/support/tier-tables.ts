/**
 * The tables of docs/compare.md that say what every tier says of itself, between marks. Run as a program (`npm run
 * fix:tiers`), it writes them anew.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { tierNames } from "../../app/tiers";
import { tiers } from "../../components/tiers";
import { readText, root } from "./project";

export const PAGE = "docs/compare.md";

const WHO = { aws: "AWS", you: "you", spectrum: "Spectrum", nobody: "nobody" } as const;

const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");

function responsibilities(): string {
  const topics = tiers.fargate.responsibilities.map(({ what }) => what);
  const who = (topic: string) =>
    tierNames.map((name) => WHO[tiers[name].responsibilities.find(({ what }) => what === topic)?.who ?? "nobody"]);
  return table(
    ["", ...tierNames.map((name) => `\`${name}\``)],
    topics.map((topic) => [topic, ...who(topic)]),
  );
}

function growth(): string {
  const link = (text: string, url: string) => `[${text}](${url})`;
  return table(
    ["tier", "grows", "at most", "by itself", "to none", "how", "starts in", "how"],
    tierNames.map((name) => {
      const { scaling, start } = tiers[name];
      const { by, unit, max, automatic, toZero } = scaling;
      return [
        `\`${name}\``,
        by === "none" ? "not at all" : `by ${by}`,
        max === null ? "-" : `${max} ${unit}`,
        automatic ? "yes" : "no",
        toZero ? "yes" : "no",
        `${scaling.how} (${link("AWS", scaling.source)})`,
        start.class,
        `${start.how} (${link("AWS", start.source)})`,
      ];
    }),
  );
}

/** The page with its tables as the tiers have them now. */
export async function pageNow(): Promise<string> {
  const parts = { responsibilities: responsibilities(), growth: growth() };
  const text = Object.entries(parts).reduce((page, [name, written]) => {
    const marked = new RegExp(`(<!-- ${name}:begin -->\n)[^]*?(<!-- ${name}:end -->)`, "u");
    if (!marked.test(page)) throw new Error(`${PAGE} has no marks for ${name}`);
    return page.replace(marked, (_, begin: string, end: string) => `${begin}\n${written}\n\n${end}`);
  }, readText(PAGE));
  return format(text, { parser: "markdown", ...(JSON.parse(readText(".prettierrc.json")) as object) });
}

if (require.main === module) void pageNow().then((text) => writeFileSync(join(root, PAGE), text));
