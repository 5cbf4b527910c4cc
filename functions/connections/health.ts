import type { HealthReason } from '#contracts/connection-health.ts';
import type { FieldError } from '#contracts/errors.ts';
import type { ConnectionRecord, StoredHealth } from './record.ts';
import { EXPIRED } from './validate.ts';

/** Of a connection that nobody has tested or used since it became what it is. */
export const UNKNOWN_HEALTH: StoredHealth = { status: 'unknown', reasons: [] };

const codeOf = ({ field, message }: FieldError): HealthReason['code'] => {
  if (field === 'authorization') return 'needs_reauth';
  if (message === EXPIRED) return 'secret_expired';
  return field.startsWith('secrets.') ? 'secret_missing' : 'config_invalid';
};

/** Validation errors as reasons for being degraded. Messages name what is asked of a field and never its value. */
export const reasonsOf = (errors: readonly FieldError[]): HealthReason[] =>
  errors.map((error) => ({ code: codeOf(error), field: error.field, detail: error.message }));

/**
 * The health of a connection as it is seen now. What was enabled was valid then; a schema that asks for more, or a
 * secret or a grant that is gone, degrades it whatever the last check has found, for as long as that is so.
 */
export const presentHealth = (
  { state, health }: Pick<ConnectionRecord, 'state' | 'health'>,
  errors: readonly FieldError[],
): StoredHealth => {
  const found = health.reasons.filter(({ code }) => code === 'check_failed');
  const inUse = state === 'enabled' || state === 'disabled';
  if (inUse && errors.length > 0) {
    return { ...health, status: 'degraded', reasons: [...reasonsOf(errors), ...found] };
  }
  return health.status === 'degraded' && found.length === 0 ? UNKNOWN_HEALTH : { ...health, reasons: found };
};
