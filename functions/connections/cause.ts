import type { HttpRequest } from '../platform/http/endpoint.ts';
import type { Cause } from './activity.ts';

/** Who does what a request asks for, and why, as activity records it. */
export const causeOf = ({ actor, requestId }: HttpRequest, note?: string): Cause => ({
  actor,
  source: 'api',
  request_id: requestId,
  note,
});
