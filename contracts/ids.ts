import * as z from 'zod';

// Crockford base 32 in lower case: 26 characters carry 128 bits.
const id = (prefix: string) => z.string().regex(new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`));

/** The canonical tenant id: a UUID in lower case, as it stands in every key. */
export const TenantId = z
  .guid()
  .transform((value) => value.toLowerCase())
  .meta({ description: 'The tenant, a UUID.', example: '7d444840-9dc0-11d1-b245-5ffdce74fad2' });
export type TenantId = string;

export const EventId = id('evt').meta({
  description:
    'Derived from the tenant and the idempotency key, so that a repeated publish meets the first one.',
});
export const ConnectionId = id('con');
export const RewrapId = id('rwp');

/** A delivery is named by what it joins, so that it needs no index to be found. */
export const DeliveryId = z.string().regex(/^dlv_[0-9a-hjkmnp-tv-z]{26}_[0-9a-hjkmnp-tv-z]{26}$/);

/** An id of ours or of a source system: printable, without spaces, so that it can stand in keys and URLs. */
export const ExternalId = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');

// Beyond these years RFC 3339 has no notation once the offset is taken off.
const EARLIEST_MS = Date.UTC(1900, 0, 1);
const LATEST_MS = Date.UTC(9000, 0, 1);

/** RFC 3339 with any offset; kept in UTC with milliseconds. */
export const Timestamp = z.iso
  .datetime({ offset: true })
  .max(40)
  .transform((value, context) => {
    const time = new Date(value);
    if (time.getTime() >= EARLIEST_MS && time.getTime() < LATEST_MS) return time.toISOString();
    context.issues.push({ code: 'custom', message: 'must be a time between 1900 and 9000', input: value });
    return z.NEVER;
  })
  .meta({ description: 'RFC 3339; answered in UTC.', example: '2026-11-20T08:30:00.000Z' });
