/** Variables in the values of a tree, and the types that some of them then get. */
import type { Problems } from "./problems";
import { show } from "./problems";
import type { Lookup } from "./template";
import { substitute, TemplateError } from "./template";
import type { Node, ScalarNode } from "./tree";
import { bool, float, integer, list, locationOf, map, pathText } from "./tree";
import { Rules } from "./trie";

type Cast = "bool" | "int" | "float";

/** Text at these places becomes a flag or a number, as compose-go's `interpolateTypeCastMapping` has it. */
const CASTS: Readonly<Record<Cast, readonly string[]>> = {
  bool: [
    "networks.*.external",
    "networks.*.internal",
    "networks.*.attachable",
    "networks.*.enable_ipv4",
    "networks.*.enable_ipv6",
    "volumes.*.external",
    "secrets.*.external",
    "configs.*.external",
    "services.*.init",
    "services.*.oom_kill_disable",
    "services.*.privileged",
    "services.*.read_only",
    "services.*.volumes.[].read_only",
    "services.*.volumes.[].volume.nocopy",
    "services.*.depends_on.*.required",
    "services.*.depends_on.*.restart",
    "services.*.healthcheck.disable",
    "services.*.stdin_open",
    "services.*.tty",
  ],
  int: [
    "services.*.cpu_count",
    "services.*.cpu_period",
    "services.*.cpu_quota",
    "services.*.cpu_rt_period",
    "services.*.cpu_rt_runtime",
    "services.*.cpu_shares",
    "services.*.oom_score_adj",
    "services.*.pids_limit",
    "services.*.ulimits.*",
    "services.*.ulimits.*.hard",
    "services.*.ulimits.*.soft",
    "services.*.healthcheck.retries",
    "services.*.ports.[].target",
    "services.*.deploy.replicas",
    "services.*.deploy.update_config.parallelism",
    "services.*.deploy.rollback_config.parallelism",
    "services.*.deploy.restart_policy.max_attempts",
    "services.*.deploy.placement.max_replicas_per_node",
    "services.*.scale",
  ],
  float: [
    "services.*.cpu_percent",
    "services.*.cpus",
    "services.*.deploy.update_config.max_failure_ratio",
    "services.*.deploy.rollback_config.max_failure_ratio",
  ],
};

const RULES = new Rules<Cast>(
  (Object.keys(CASTS) as Cast[]).flatMap((cast) => CASTS[cast].map((pattern) => [pattern, cast] as const)),
);

/** The tree with its variables filled in. A value that cannot be is reported and left out. */
export function interpolate(root: Node, lookup: Lookup, problems: Problems): Node | undefined {
  return walk(root, [], RULES, { lookup, problems });
}

interface Context {
  readonly lookup: Lookup;
  readonly problems: Problems;
}

function walk(
  node: Node,
  path: readonly (string | number)[],
  rules: Rules<Cast> | undefined,
  context: Context,
): Node | undefined {
  switch (node.kind) {
    case "map": {
      const entries: [string, Node][] = [];
      for (const [key, value] of node.entries) {
        const changed = walk(value, [...path, key], rules?.below(key), context);
        if (changed !== undefined) entries.push([key, changed]);
      }
      return map(entries, node);
    }
    case "list": {
      const items = node.items.map((item, i) => walk(item, [...path, i], rules?.below("[]"), context));
      return list(
        items.filter((item) => item !== undefined),
        node,
      );
    }
    case "scalar":
      return node.type === "string" ? scalar(node, path, rules?.value, context) : node;
  }
}

function scalar(
  node: ScalarNode,
  path: readonly (string | number)[],
  cast: Cast | undefined,
  { lookup, problems }: Context,
): Node | undefined {
  try {
    const { text, unset } = substitute(node.text, lookup);
    for (const name of new Set(unset)) {
      const advice = `set it in .env or under variables, or write \${${name}:-default}`;
      problems.warn(`the variable ${name} is not set and stands as the empty text, ${advice}`, node.place);
    }
    if (cast !== undefined) return castText(text, cast, node, pathText(path), problems);
    return text === node.text ? node : { ...node, value: text, text };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    problems.error(`${pathText(path)}: ${error.message}`, node.place, pathText(path));
    return undefined;
  }
}

const TRUE = new Set(["true", "y", "yes", "on"]);
const FALSE = new Set(["false", "n", "no", "off"]);

/** A text as the type of its place; `undefined`, with a problem, where it is none. */
export function castText(
  text: string,
  cast: Cast,
  node: ScalarNode,
  path: string,
  problems: Problems,
): Node | undefined {
  if (cast === "bool") {
    const flag = TRUE.has(text.toLowerCase()) ? true : FALSE.has(text.toLowerCase()) ? false : null;
    if (flag !== null) return bool(flag, node);
  } else if (cast === "int" ? /^[-+]?\d+$/u.test(text) : /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/iu.test(text)) {
    return cast === "int"
      ? integer(Number(text), node, BigInt(text.replace("+", "")).toString())
      : float(Number(text), node);
  }
  const allowed = { bool: "true or false", int: "a whole number", float: "a number" }[cast];
  problems.error(`${path}: got ${show(text)}, only ${allowed} is allowed here`, locationOf(node), path);
  return undefined;
}
