/** What runs of an environment's services, and whether it is what was asked. */
import { type Aws } from "./aws";
import { type AskedService, askedServices, type Deployed } from "./deployed";
import { serviceStatus, type ServiceStatus } from "./model";
import { Refusal } from "./refusal";
import { askTier } from "./tiers";

export interface StatusArgs {
  readonly deployed: Deployed;
  /** One app alone. Default: all of the environment. */
  readonly app?: string;
}

/**
 * Asks each tier. What one cannot be asked is `unknown`, with the reason, beside the others.
 *
 * Throws `Refusal` of the kind `credentials` where nothing can be asked at all, and `InputError` where there is no such app.
 */
export async function statusOf(aws: Aws, { deployed, app }: StatusArgs): Promise<readonly ServiceStatus[]> {
  aws.forget();
  return Promise.all(askedServices(deployed, app).map((asked) => statusOrReason(aws, asked)));
}

async function statusOrReason(aws: Aws, asked: AskedService): Promise<ServiceStatus> {
  try {
    return await askTier(aws, asked);
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind === "credentials") throw error;
    return serviceStatus(asked, { state: "unknown", reasons: [error.message] });
  }
}
