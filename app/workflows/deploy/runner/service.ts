/**
 * The state machine that calls a service where a token is awaited: an HTTP task awaits none, but an execution may.
 * https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html
 */
import type { Partition } from "../compile";
import type { JsonMap } from "../../source";

/** Input `{ Method?, Path?, QueryParameters?, Headers?, RequestBody? }`, output what the service has answered. */
export function serviceCaller(
  service: string,
  {
    partition,
    url,
    connectionArn,
  }: { readonly partition: Partition; readonly url: string; readonly connectionArn: string },
): JsonMap {
  return {
    Comment: `Calls the service ${service}`,
    QueryLanguage: "JSONata",
    StartAt: "Call",
    States: {
      Call: {
        Type: "Task",
        Resource: `arn:${partition}:states:::http:invoke`,
        Arguments: `{% $merge([{ 'Method': 'GET' }, $sift($states.input, function($v, $k) { $k != 'Path' }), {
  'ApiEndpoint': '${url}' & ($exists($states.input.Path) ? $states.input.Path : '/'),
  'Authentication': { 'ConnectionArn': '${connectionArn}' } }]) %}`,
        TimeoutSeconds: 60,
        End: true,
      },
    },
  };
}
