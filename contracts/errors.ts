import * as z from 'zod';

interface ErrorEntry {
  readonly status: number;
  /** Whether the same request can succeed later without a change. */
  readonly retry: 'never' | 'backoff';
  readonly title: string;
}

const never = (status: number, title: string): ErrorEntry => ({ status, retry: 'never', title });
const backoff = (status: number, title: string): ErrorEntry => ({ status, retry: 'backoff', title });

/** Every error that leaves the product. The code is also the log field, the metric and the runbook's word. */
export const errors = {
  'auth.forbidden': never(403, 'The caller may not do this'),
  'auth.role_missing': never(403, 'The bearer token names no role of this product'),
  'auth.tenant_unknown': never(403, 'The bearer token names no tenant by a UUID'),
  'auth.token_expired': never(401, 'The bearer token has expired'),
  'auth.token_invalid': never(401, 'The bearer token is not known'),
  'auth.token_missing': never(401, 'A bearer token is required'),
  'connect.access_denied': never(403, 'The user or the vendor denied the access'),
  'connect.account_mismatch': never(409, 'The connection belongs to another account at the vendor'),
  'connect.account_unclear': never(409, 'The grant does not tell which one account is meant'),
  'connect.authorization_failed': never(400, 'The vendor did not authorize the connection'),
  'connect.client_refused': never(424, 'The vendor refused our client id or secret'),
  'connect.code_refused': never(400, 'The vendor refused the authorization code'),
  'connect.provider_mismatch': never(400, 'The state belongs to another provider'),
  'connect.provider_not_set_up': never(409, 'The provider has no client id and secret yet'),
  'connect.provider_unknown': never(404, 'There is no provider of this name that is connected through OAuth'),
  'connect.redirect_refused': never(422, 'The redirect URI is not on the list of the deployment'),
  'connect.state_expired': never(400, 'The state is too old'),
  'connect.state_invalid': never(400, 'The state is not known, or was used before'),
  'connect.vendor_unavailable': never(424, 'The vendor did not answer as it should'),
  'connection.check_unsupported': never(409, 'Connections of this type cannot be tested'),
  'connection.exists': never(409, 'The tenant already has a connection of this type in this scope'),
  'connection.invalid': never(422, 'The connection has validation errors'),
  'connection.not_found': never(404, 'The tenant has no such connection'),
  'connection.revoked': never(409, 'The connection is revoked, which is final'),
  'connection.state_invalid': never(409, 'The connection cannot go from its state to the one asked for'),
  'connection.type_unknown': never(422, 'There is no connector of this type'),
  'connection.write_conflict': backoff(409, 'The connection was changed by someone else meanwhile'),
  'event.conflict': never(409, 'The idempotency key belongs to an event with other content'),
  'event.invalid': never(422, 'The event does not fit its contract'),
  'event.not_found': never(404, 'The tenant has no such event'),
  'event.too_large': never(413, 'The event is larger than the limit'),
  'request.body_too_large': never(413, 'The request body is larger than the limit'),
  'request.content_type': never(415, 'The request body must be application/json'),
  'request.invalid': never(422, 'The request does not fit its schema'),
  'request.json_invalid': never(400, 'The request body is not valid JSON'),
  'rewrap.not_found': never(404, 'There is no such rewrap'),
  'rewrap.running': backoff(409, 'A rewrap is running'),
  'route.not_found': never(404, 'There is no such route'),
  'service.failed': backoff(500, 'Something failed on our side'),
  'service.throttled': backoff(503, 'Too busy at the moment'),
  'tenant.foreign': never(403, 'X-Tenant-Id names another tenant than the bearer token'),
  'tenant.integrations_disabled': never(403, 'Integrations are not enabled for this tenant'),
  'tenant.malformed': never(400, 'X-Tenant-Id must be a UUID'),
  'tenant.missing': never(400, 'X-Tenant-Id is required'),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errors;

/** What is wrong with one field; `field` is a dotted path into the request, `''` for the whole of it. */
export const FieldError = z.object({ field: z.string(), message: z.string() });
export type FieldError = z.infer<typeof FieldError>;

/** RFC 9457 problem details with a `code` from the table above. */
export const Problem = z
  .object({
    type: z.string().meta({ example: 'urn:crossdock:error:event.conflict' }),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ example: 'event.conflict' }),
    detail: z.string().optional(),
    request_id: z.string().optional(),
    errors: z.array(FieldError).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details.' });
export type Problem = z.infer<typeof Problem>;

/** Builds the problem for `code`; `detail` is read by the caller, so it never holds a secret or a payload. */
export const problem = (
  code: ErrorCode,
  more: { readonly detail?: string; readonly errors?: readonly FieldError[] } = {},
): Problem => ({
  type: `urn:crossdock:error:${code}`,
  title: errors[code].title,
  status: errors[code].status,
  code,
  ...(more.detail === undefined ? {} : { detail: more.detail }),
  ...(more.errors === undefined ? {} : { errors: [...more.errors] }),
});

/** A zod error as field errors. Messages name what was expected and never repeat the value that was sent. */
export const fieldErrors = (error: z.ZodError, prefix = ''): FieldError[] =>
  error.issues.slice(0, 50).map((issue) => ({
    field: [...(prefix === '' ? [] : [prefix]), ...issue.path.map(String)].join('.'),
    message: issue.message,
  }));
