/** The table of docs/policy.md, from the rules themselves, between marks. Run as a program (`npm run fix:rules`), it writes it anew. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { rules } from "../../policy/rules";
import { readText, root } from "./project";

export const PAGE = "docs/policy.md";

const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

/** The page with the rules as they are now. */
export async function pageNow(): Promise<string> {
  const head = ["rule", "severity", "scope", "what must hold", "what to do"];
  const rows = rules.map(({ name, severity, scope, description, remedy, source }) =>
    row([`\`${name}\``, severity, scope, `${description} ([AWS](${source}))`, remedy]),
  );
  const table = [row(head), row(head.map(() => "---")), ...rows].join("\n");
  const page = readText(PAGE);
  const marked = /(<!-- rules:begin -->\n)[^]*?(<!-- rules:end -->)/u;
  if (!marked.test(page)) throw new Error(`${PAGE} has no marks for the rules`);
  const text = page.replace(marked, (_, begin: string, end: string) => `${begin}\n${table}\n\n${end}`);
  return format(text, { parser: "markdown", ...(JSON.parse(readText(".prettierrc.json")) as object) });
}

if (require.main === module) void pageNow().then((text) => writeFileSync(join(root, PAGE), text));
