/**
 * What `awsx.ecr.Image` 3.9 makes (`awsx/ecr/image.ts` of pulumi/pulumi-awsx): one `docker-build:index:Image`, whose
 * logical name is the image's name. The real preview leaves it out while the repository's URL is unknown; a plan shows it.
 */
import { createHash } from "node:crypto";

import type { RemoteComponent, RemoteContext } from "./component";

const CREDENTIALS = "aws:ecr/getAuthorizationToken:getAuthorizationToken";

interface ImageInputs {
  readonly repositoryUrl?: unknown;
  readonly registryId?: unknown;
  readonly imageName?: string;
  readonly imageTag?: string;
  readonly context?: string;
  readonly dockerfile?: string;
  readonly platform?: string;
  readonly target?: string;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly cacheFrom?: readonly unknown[];
}

const KNOWN = new Set([
  "repositoryUrl",
  "registryId",
  "imageName",
  "imageTag",
  "context",
  "dockerfile",
  "platform",
  "target",
  "args",
  "cacheFrom",
]);

export const image: RemoteComponent = async (context) => {
  const inputs = context.inputs as ImageInputs;
  for (const key of Object.keys(context.inputs)) {
    if (!KNOWN.has(key)) context.problem(`the plan does not know the argument "${key}" of awsx.ecr.Image`);
  }
  const name = inputs.imageName ?? inputs.imageTag ?? defaultName(inputs, context);
  const canonical = `${String(inputs.repositoryUrl)}:${name}`;
  const urn = await context.child({
    type: "docker-build:index:Image",
    name,
    // the provider makes it inside an `apply` of plain values: no dependency of its own, the component has them
    inputs: {
      ...(inputs.args ? { buildArgs: inputs.args } : {}),
      buildOnPreview: true,
      cacheFrom: (inputs.cacheFrom?.length ? inputs.cacheFrom : [canonical]).map((ref) => ({ registry: { ref } })),
      cacheTo: [{ inline: {} }],
      context: { location: inputs.context ?? "." },
      dockerfile: inputs.dockerfile === undefined ? {} : { location: inputs.dockerfile },
      network: "default",
      platforms: inputs.platform ? [inputs.platform] : [],
      push: true,
      registries: [
        {
          address: context.lookup(CREDENTIALS, "proxyEndpoint"),
          password: context.lookup(CREDENTIALS, "password"),
          username: context.lookup(CREDENTIALS, "userName"),
        },
      ],
      tags: [canonical],
      ...(inputs.target === undefined ? {} : { target: inputs.target }),
    },
  });
  return {
    imageUri: {
      value: `${String(inputs.repositoryUrl)}@${context.output(urn, "digest")}`,
      dependencies: [urn, ...context.dependencies("repositoryUrl")],
    },
  };
};

/** awsx's own name: of where the image is built, not of what is in it. */
function defaultName({ context: folder, dockerfile, args }: ImageInputs, context: RemoteContext): string {
  const parts = [
    folder ?? ".",
    ...(dockerfile ? [`;dockerfile=${dockerfile}`] : []),
    ...Object.entries(args ?? {}).map(([key, value]) => `;arg[${key}]=${String(value)}`),
    context.stack,
  ];
  return `${createHash("sha1").update(parts.join("")).digest("hex").slice(0, 8)}-container`;
}
