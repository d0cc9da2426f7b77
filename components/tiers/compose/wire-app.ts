/** From an app to the Compose file that a machine runs, with everything that it needs beside it. Pure. */
import { Document } from "yaml";
import type { Placement } from "../../../app/config/types";
import type { App, Service } from "../../../app/model";
import { sortedKeys } from "../../../app/records";
import type { Context, Node } from "./context";
import { escape } from "./escape";
import { type Grants, grantsOf } from "./grants";
import { splitHoles } from "./parts";
import { byPath, folders, projectFiles, volumes } from "./places";
import { digestVariable, serviceNode } from "./service-node";
import type { WiredApp, WiredOptions } from "./wired";

/**
 * The app's Compose file as a machine runs it. Kept keys are as in the app's canonical form; images, secrets, files, volumes,
 * sizes and logs are as the tier has them. Hosts are not touched: on one machine the names of services work as they are. Jobs are
 * in a profile, so that only who names one runs it.
 */
export function wireApp(app: App, placement: Placement, options: WiredOptions): WiredApp {
  const without = new Set(options.without ?? []);
  const services = Object.values(app.services).filter(({ name }) => !without.has(name));
  const variables = new Map<string, string>();
  const grants = grantsOf(app, services, options.secretsFolder);
  const digests = options.digests ? digestsOf(services, grants) : {};
  const context: Context = { app, placement, options, without, variables, grants, digests };
  const nodes = Object.fromEntries(services.map((service) => [service.name, serviceNode(context, service)]));
  const extra = Object.fromEntries((options.extra ?? []).map(({ name, node }) => [name, node]));
  const top = {
    name: app.name,
    services: { ...nodes, ...extra },
    ...section("networks", networks(context)),
    ...section("volumes", volumes(context, services)),
    ...section("secrets", grants.secrets),
    ...section("configs", grants.configs),
  };
  return {
    composeFile: splitHoles(toYaml(top)),
    files: byPath([...projectFiles(app, services), ...grants.files]),
    secretFiles: grants.secretFiles,
    variables: Object.fromEntries([...variables].sort(([a], [b]) => (a < b ? -1 : 1))),
    digests,
    folders: folders(context, services),
  };
}

function digestsOf(services: readonly Service[], grants: Grants): Record<string, readonly string[]> {
  return Object.fromEntries(
    services
      .map(({ name }): [string, readonly string[]] => [
        digestVariable(name),
        (grants.granted.get(name)?.secretFiles ?? []).map(({ path }) => path).sort(),
      ])
      .filter(([, paths]) => paths.length > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Double quotes around each text: no word is taken for a number or a truth, and a hole may hold anything. */
function toYaml(value: unknown): string {
  const document = new Document(sortedKeys(value), { aliasDuplicateObjects: false });
  return document.toString({
    lineWidth: 0,
    defaultStringType: "QUOTE_DOUBLE",
    defaultKeyType: "PLAIN",
    // on one line with escapes: folded over several, a line of blanks alone would not come back as it was
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  });
}

const section = (name: string, nodes: Node): Node => (Object.keys(nodes).length > 0 ? { [name]: nodes } : {});

/** Networks of other projects are not there: the app gets one of its own of the same name. */
function networks({ app, variables }: Context): Node {
  const own = (app.canonical.networks ?? {}) as Readonly<Record<string, Node | null>>;
  return Object.fromEntries(
    Object.entries(own).map(([name, node]) => {
      const { external: _, ...rest } = node ?? {};
      return [name, escape(rest, variables)];
    }),
  );
}
