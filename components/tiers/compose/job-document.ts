/** The Systems Manager document that runs a job on a machine. Pure. */

const inBase64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64");

/**
 * What a run may change, each JSON in base64: nothing of it is a shell's or Systems Manager's own.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-syntax-data-elements-parameters.html
 */
export const jobParameters = {
  Command: parameter(
    "a JSON array of texts in base64, in the place of the job's command; none: as the Compose file says",
    [],
  ),
  Environment: parameter("a JSON object of texts in base64, on top of the job's environment", {}),
} as const;

function parameter(description: string, value: unknown) {
  return { type: "String", description, default: inBase64(value), allowedPattern: "^[A-Za-z0-9+/]+={0,2}$" };
}

export interface JobDocumentArgs {
  readonly app: string;
  readonly job: string;
  /** Seconds until Systems Manager gives up: the program has stopped the job before. */
  readonly seconds: number;
  /** The program that knows the job: `machine.py run` and the like. */
  readonly program: string;
}

/** Content of a Command document, schema 2.2. Its exit code is the job's. */
export function jobDocument({ app, job, seconds, program }: JobDocumentArgs): string {
  return JSON.stringify({
    schemaVersion: "2.2",
    description: `runs the job ${job} of ${app}`,
    parameters: jobParameters,
    mainSteps: [
      {
        action: "aws:runShellScript",
        name: "run",
        inputs: {
          timeoutSeconds: String(seconds),
          runCommand: [`exec /usr/bin/python3 ${program} '${job}' '{{ Command }}' '{{ Environment }}'`],
        },
      },
    ],
  });
}
