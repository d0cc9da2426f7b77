/** Whose credentials AWS sees. */
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { InputError } from "../../app/finding";

export interface AccountQuestion {
  readonly region: string;
  /** A profile of the shared config files. Default: what the SDK's chain finds, as Pulumi's provider does. */
  readonly profile?: string;
}

export interface CallerIdentity {
  /** Twelve digits. */
  readonly account: string;
  /** Of the user, or of the role's session. */
  readonly arn: string;
}

/**
 * Needs no permission: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 * Throws `InputError` with the remedy where there are no credentials, AWS takes none of them, or does not answer.
 */
export async function callerIdentity({ region, profile }: AccountQuestion): Promise<CallerIdentity> {
  // that later versions want a newer Node is not the user's to know: the lock file has this one
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const client = new STSClient({ region, maxAttempts: 2, ...(profile !== undefined && { profile }) });
  try {
    const { Account: account, Arn: arn } = await client.send(new GetCallerIdentityCommand({}));
    if (account === undefined || arn === undefined)
      throw new InputError([{ message: "AWS names no account for these credentials", location: null }]);
    return { account, arn };
  } catch (error) {
    throw error instanceof InputError ? error : new InputError([{ message: reason(error, profile), location: null }]);
  } finally {
    client.destroy();
  }
}

function reason(error: unknown, profile: string | undefined): string {
  const { name, message, $metadata: answered } = error as Error & { readonly $metadata?: object };
  const check = `\`aws sts get-caller-identity${profile === undefined ? "" : ` --profile ${profile}`}\` must work`;
  if (name === "CredentialsProviderError" || name === "TokenProviderError")
    return `there are no AWS credentials${profile === undefined ? "" : ` for the profile ${profile} (aws:profile)`}: ${message}; set AWS_PROFILE, or sign in (\`aws sso login\`): ${check}`;
  const told = message === "" ? name : `${name}: ${message}`;
  return answered && "httpStatusCode" in answered
    ? `AWS does not take the credentials (${told}); sign in again, or take others: ${check}`
    : `AWS could not be asked whose credentials these are (${told}); nothing has been done: ${check}`;
}
