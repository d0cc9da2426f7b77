/** What AWS's and Kubernetes' APIs refuse, in words that say what to do. Pure. */

/**
 * - `credentials`: there are none, or they are not valid any more; nothing else can be asked either
 * - `denied`: who asks is known, and may not
 * - `absent`: what was asked about is not there
 * - `throttled`: asked too often, also after the SDK's retries
 * - `unreachable`: no answer
 */
export type RefusalKind = "credentials" | "denied" | "absent" | "throttled" | "unreachable" | "other";

/** A question that got no answer. The message is one line for people. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(
    readonly kind: RefusalKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const EXPIRED = ["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"];
const INVALID = [
  "InvalidClientTokenId",
  "UnrecognizedClientException",
  "SignatureDoesNotMatch",
  "InvalidSignatureException",
  "IncompleteSignature",
  "IncompleteSignatureException",
  "MissingAuthenticationToken",
  "MissingAuthenticationTokenException",
  "AuthFailure",
  "UnauthenticatedException",
];
const DENIED = ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"];
const THROTTLED = [
  "Throttling",
  "ThrottlingException",
  "ThrottledException",
  "TooManyRequestsException",
  "RequestLimitExceeded",
  "RateExceeded",
  "SlowDown",
];
const ABSENT = /NotFound|DoesNotExist|ResourceNotFound|^NoSuch/u;
const NO_ANSWER = ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ETIMEDOUT", "TimeoutError"];

const SIGN_IN = "sign in (aws sso login), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";

/**
 * What an AWS client threw, in words.
 *
 * @param action what was asked, as IAM calls it: `ecs:DescribeServices`
 */
export function awsRefusal(error: unknown, action: string, region: string): Refusal {
  const name = nameOf(error);
  const text = firstLine(error);
  const because = { cause: error };
  if (EXPIRED.includes(name) || /\bexpired\b/iu.test(text))
    return new Refusal("credentials", `the AWS credentials have expired; ${SIGN_IN}`, because);
  if (name === "CredentialsProviderError" || /could not load credentials/iu.test(text))
    return new Refusal("credentials", `no AWS credentials: ${text}; ${SIGN_IN}`, because);
  if (INVALID.includes(name))
    return new Refusal("credentials", `AWS does not know the credentials (${name}); ${SIGN_IN}`, because);
  if (DENIED.includes(name)) return new Refusal("denied", deniedWords(text, action), because);
  if (THROTTLED.includes(name))
    return new Refusal("throttled", `AWS throttles ${action} (${name}); ask again in a minute`, because);
  if (ABSENT.test(name))
    return new Refusal(
      "absent",
      `not found in ${region} (${action}: ${text}); is it another region or account?`,
      because,
    );
  if (NO_ANSWER.includes(name))
    return new Refusal("unreachable", `no answer from AWS in ${region} to ${action} (${name}: ${text})`, because);
  return new Refusal("other", `${action} failed: ${name}: ${text}`, because);
}

/** IAM's message: `User: … is not authorized to perform: … on resource: … because …`. */
function deniedWords(text: string, action: string): string {
  const needed = /not authorized to perform: ([\w-]+:\w+)/u.exec(text)?.[1] ?? action;
  const resource = /on resource: (\S+)/u.exec(text)?.[1];
  const who = /User: (\S+)/u.exec(text)?.[1];
  const why = /because (.+?)\.?$/u.exec(text)?.[1];
  const on = resource === undefined ? "" : ` on ${resource}`;
  return `needs ${needed}${on}${who === undefined ? "" : `, which ${who} has not`}${why === undefined ? "" : ` (${why})`}`;
}

/** What a Kubernetes client threw, in words. */
export function kubernetesRefusal(error: unknown, asked: string, cluster: string): Refusal {
  const because = { cause: error };
  const code = httpStatus(error);
  const text = kubernetesMessage(error);
  if (code === 401)
    return new Refusal(
      "denied",
      `the cluster ${cluster} does not know who asks; give the role an access entry (aws eks create-access-entry)`,
      because,
    );
  if (code === 403) return new Refusal("denied", `needs ${asked} in the cluster ${cluster}: ${text}`, because);
  if (code === 404) return new Refusal("absent", `not found in the cluster ${cluster}: ${text}`, because);
  if (code === 429) return new Refusal("throttled", `the cluster ${cluster} throttles; ask again in a minute`, because);
  if (code !== null)
    return new Refusal("other", `the cluster ${cluster} refuses to ${asked}: ${code}: ${text}`, because);
  return new Refusal(
    "unreachable",
    `no answer from the cluster ${cluster} (${nameOf(error)}: ${firstLine(error)}); is its endpoint open to this network?`,
    because,
  );
}

/** The HTTP status that an API of Kubernetes' answered with; `null`: it did not answer. */
export function httpStatus(error: unknown): number | null {
  const code: unknown = isRecord(error) ? error.code : null;
  return typeof code === "number" ? code : null;
}

/** The body of a refusal is a `Status` object, as text. */
function kubernetesMessage(error: unknown): string {
  const body: unknown = isRecord(error) ? error.body : null;
  try {
    const status: unknown = typeof body === "string" ? JSON.parse(body) : body;
    if (isRecord(status) && typeof status.message === "string") return status.message;
  } catch {
    // no JSON: a proxy's own page
  }
  return firstLine(error);
}

/** The service's code of the error, or Node's: the first in the chain of causes that says one. */
function nameOf(error: unknown): string {
  if (!isRecord(error)) return String(error);
  const { code, name, cause } = error;
  if (typeof code === "string") return code;
  if (isRecord(cause) && typeof cause.code === "string") return cause.code;
  return typeof name === "string" ? name : "Error";
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n")[0]?.trim() ?? "";
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
