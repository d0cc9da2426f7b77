/** The Systems Manager document that brings an app to its machine: what stands in it, but for what AWS alone knows. Pure. */
import type { Placement } from "../../../app/config/types";
import { deployJobs, jobOf, jobsOf } from "../../../app/jobs";
import type { App } from "../../../app/model";
import { shortHash } from "../../names";
import {
  fillHoles,
  jobData,
  type JobData,
  deployJobSeconds,
  outputHoles,
  type WiredApp,
  type WiredOptions,
  wireApp,
} from "../compose";
import { layoutOf } from "./layout";
import { PROXY, proxyOf } from "./proxy";
import { machineScript, unitFile } from "./script";
import { settingsOf } from "./settings";

/** Where the data disk is mounted. */
export const DATA = "/mnt/spectrum";
/** Where an app's files are. */
export const appFolder = (app: string): string => `/var/lib/spectrum/${app}`;

/** What the component knows by name, filled in on AWS. */
export interface Known {
  /** By service; the proxy's too. */
  readonly images: Readonly<Record<string, string>>;
  readonly logGroups: Readonly<Record<string, string>>;
  /** Of backing services. */
  readonly outputs: Readonly<Record<string, string>>;
  /** ARN of a stored secret: of a variable by the secret's name, of a file by its path. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
  /** ARN of a registry's login by its host. */
  readonly registries: Readonly<Record<string, string>>;
}

/** The app as its machines run it: the same on each. */
export function wiredApp(app: App, placement: Placement): WiredApp {
  const settings = settingsOf(placement.settings);
  const layout = layoutOf(app, placement);
  const { region } = placement.environment;
  const dataFolder = layout.disk ? DATA : null;
  const proxy = proxyOf({
    app,
    machines: layout.machines,
    plain: layout.plain,
    proxied: layout.proxied,
    redirects: placement.redirects,
    image: settings.proxyImage,
    dataFolder: dataFolder ?? appFolder(app.name),
    healthCheckPath: settings.healthCheckPath ?? layout.proxied[0]?.healthPath ?? "/",
    logging: { driver: "local" },
  });
  const options: WiredOptions = {
    copies: (service) => layout.copies[service] ?? 1,
    ports: (service) => layout.ports[service] ?? null,
    dataFolder,
    secretsFolder: `${appFolder(app.name)}/secrets`,
    restart: "unless-stopped",
    logs: { region },
    digests: "all",
    extra: proxy ? [proxy.service] : [],
  };
  const wired = wireApp(app, placement, options);
  return proxy ? { ...wired, files: [...wired.files, proxy.file] } : wired;
}

/** Bytes of what changes in the document: the Compose file and the files beside it. */
export function carriedBytes(app: App, placement: Placement): number {
  const { composeFile, files } = wiredApp(app, placement);
  const text = fillHoles(composeFile, () => "x".repeat(120));
  return [text, ...files.map(({ content }) => content)].reduce(
    (sum, content) => sum + Buffer.byteLength(JSON.stringify(JSON.stringify(content))),
    0,
  );
}

/** Ends the script's here-documents: no line of a JSON text or of the script is it. */
const END = "SPECTRUM_END";

/**
 * The document's content. `{{` would be a parameter of Systems Manager's to it, so inside the app's JSON the second brace is
 * written as its code. https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-syntax-data-elements-parameters.html
 */
export function documentContent(app: App, placement: Placement, known: Known): string {
  const folder = appFolder(app.name);
  const data = jsonText(appData(app, placement, known));
  const lines = [
    "set -eu",
    `mkdir -p ${folder}`,
    `chmod 700 ${folder}`,
    `cat > ${folder}/next.py <<'${END}'`,
    ...machineScript.split("\n"),
    END,
    `cat > ${folder}/next.json <<'${END}'`,
    data,
    END,
    `chmod 600 ${folder}/next.json`,
    `exec /usr/bin/python3 ${folder}/next.py deploy`,
  ];
  const seconds = Math.ceil(placement.timeToFail + deployJobSeconds({ app, placement })) + 120;
  const parameter = (description: string) => ({ type: "String", description, default: "none" });
  return JSON.stringify({
    schemaVersion: "2.2",
    description: `runs ${app.name} by Docker Compose`,
    // nothing reads them: a change of one makes the machines run the document again
    parameters: {
      Content: parameter("changes with what is run"),
      Images: parameter("the images that are run"),
      ...(deployJobs(app, placement).length > 0 && { Jobs: parameter("the jobs that run before it") }),
      Machines: parameter("the machines that it is for"),
      ...(outputHoles(wiredApp(app, placement).composeFile).length > 0 && {
        Outputs: parameter("what backing services are reached at"),
      }),
      Secrets: parameter("the versions of the secrets"),
    },
    mainSteps: [
      {
        action: "aws:runShellScript",
        name: "run",
        inputs: { timeoutSeconds: String(seconds), runCommand: lines },
      },
    ],
  });
}

/** Changes with everything that is run but the images: what AWS alone knows stands in it by its place. */
export function contentRevision(app: App, placement: Placement): string {
  const { composeFile, ...rest } = wiredApp(app, placement);
  const text = fillHoles(composeFile, (hole) => JSON.stringify(hole));
  const jobs = layoutOf(app, placement).jobs.map(({ name }) => jobOf(placement, name));
  return shortHash(JSON.stringify([text, rest, machineScript, placement.timeToFail, jobs]), 16);
}

function jsonText(value: unknown): string {
  return JSON.stringify(value).replaceAll("{{", "{\\u007b");
}

interface MachineJob extends JobData {
  readonly image: string;
  /** Where its output is, as a text for people. */
  readonly log: string;
}

function appData(app: App, placement: Placement, known: Known): unknown {
  const wired = wiredApp(app, placement);
  const { proxied, disk } = layoutOf(app, placement);
  const compose = fillHoles(wired.composeFile, (hole) => {
    if ("image" in hole) return known.images[hole.image] ?? "";
    if ("logGroup" in hole) return known.logGroups[hole.logGroup] ?? "";
    return JSON.stringify(known.outputs[hole.output] ?? "").slice(1, -1);
  });
  const jobs = jobsOf(app).flatMap(({ name, logging }): [string, MachineJob][] => {
    const job = jobOf(placement, name);
    const log = logging?.driver ? `as its log driver ${logging.driver} has it` : (known.logGroups[name] ?? "");
    return job ? [[name, { ...jobData(job), image: known.images[name] ?? "", log }]] : [];
  });
  const proxy = proxied.length > 0 ? [settingsOf(placement.settings).proxyImage] : [];
  return {
    compose,
    deployJobs: deployJobs(app, placement).map(({ name }) => name),
    digests: wired.digests,
    disk,
    files: wired.files,
    folders: wired.folders,
    images: [...Object.values(known.images), ...proxy],
    jobs: Object.fromEntries(jobs),
    name: app.name,
    region: placement.environment.region,
    registries: known.registries,
    secretFiles: wired.secretFiles.map(({ path, mode, uid, gid }) => ({
      path,
      mode,
      uid,
      gid,
      secret: known.files[path] ?? "",
    })),
    timeToFail: placement.timeToFail,
    unit: unitFile(app.name, appFolder(app.name)),
    variables: Object.fromEntries(
      Object.entries(wired.variables).map(([variable, secret]) => [variable, known.secrets[secret] ?? ""]),
    ),
  };
}

export { PROXY };
